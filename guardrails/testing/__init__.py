"""What an application's own tests may use: a provider that fails in every known way, and the proof that a policy copes.

    with FaultServer(server_error) as server:                     # a provider on the loopback interface
        LiteLLM("openai/any", api_base=server.url, api_key="none")

    report = await run_scenarios(load_policy("policy.yaml"))      # all scenarios against a policy of yours
    assert not report.broken

Needs nothing beyond the standard library and the project itself. The models that answer without any network are in
`guardrails.models.scripted`.
"""

from guardrails.testing.conformance import Exercise, Report, Seen, run_scenario, run_scenarios
from guardrails.testing.promises import Promise, breaks, promised
from guardrails.testing.scenarios import SCENARIOS, Scenario, scenario
from guardrails.testing.server import Asked, FaultServer, Step

__all__ = [
    "SCENARIOS",
    "Asked",
    "Exercise",
    "FaultServer",
    "Promise",
    "Report",
    "Scenario",
    "Seen",
    "Step",
    "breaks",
    "promised",
    "run_scenario",
    "run_scenarios",
    "scenario",
]
