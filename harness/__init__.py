"""The eval runner: replays golden suites against an application, grades every answer, decides a gate."""
