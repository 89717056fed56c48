"""The figures of calls: what is counted, that nothing is built where nobody counts, and that Prometheus reads them."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import metrics as api
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from guardrails import Guard
from guardrails.errors import ServerError
from guardrails.layers import semconv as names
from guardrails.layers.metrics import Metrics
from guardrails.models.scripted import Scripted
from guardrails.types import BreakerHealth, BudgetHealth, Health, Outcome, Receipt
from tests.guardrails.support import policy, rule

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "docs" / "prometheus"


class Figures:
    """What was counted so far, read as a backend would."""

    def __init__(self) -> None:
        self.reader = InMemoryMetricReader()
        self.provider = MeterProvider(metric_readers=[self.reader])

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        if data is None:
            return []
        found = [
            metric
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
        ]
        return [point for metric in found for point in metric.data.data_points]

    def counted(self, name: str, by: str) -> dict[Any, Any]:
        """The values of a counter or gauge, or the counts of a histogram, by one attribute."""
        out: dict[Any, Any] = {}
        for point in self.points(name):
            key = point.attributes.get(by)
            out[key] = out.get(key, 0) + (point.count if hasattr(point, "count") else point.value)
        return out


@pytest.fixture
def figures() -> Iterator[Figures]:
    made = Figures()
    yield made
    made.provider.shutdown()


def answering(*rules: dict[str, Any], reply: Any = "good", figures: Figures, **more: Any) -> Guard:
    models = {name: Scripted([reply], cycle=True) for name in ("first", "stronger", "cheaper")}
    return Guard(policy(*rules, **more), models=models, meter_provider=figures.provider)


async def test_calls_are_counted_by_what_became_of_them(figures: Figures) -> None:
    guard = answering(rule("no-bad", "input"), figures=figures)
    await guard.acomplete("good question")
    await guard.acomplete("bad question")
    assert figures.counted(names.CALLS, names.OUTCOME) == {"delivered": 1, "blocked": 1}
    assert figures.counted(names.CALL_DURATION, names.OUTCOME) == {"delivered": 1, "blocked": 1}


async def test_blocks_by_a_rule_and_blocks_by_a_failure_are_never_one_figure(figures: Figures) -> None:
    await answering(rule("no-bad", "input"), figures=figures).acomplete("bad question")
    broken = answering(reply=ServerError("down"), figures=figures)
    await broken.acomplete("good question")
    assert figures.counted(names.POLICY_BLOCKS, names.RULE_ID) == {"no-bad": 1}
    assert figures.counted(names.FAILURE_BLOCKS, names.ERROR_TYPE) == {"ServerError": 1}


async def test_tokens_cost_and_time_are_counted_by_model(figures: Figures) -> None:
    guard = answering(figures=figures)
    outcome = await guard.acomplete("four words are here")
    (attempt,) = outcome.receipt.attempts
    assert attempt.usage is not None
    sums = {point.attributes[names.TOKEN_TYPE]: point.sum for point in figures.points(names.TOKEN_USAGE)}
    assert sums == {"input": attempt.usage.input_tokens, "output": attempt.usage.output_tokens}
    assert figures.counted(names.SPENT, names.REQUEST_MODEL) == {"first": attempt.cost}
    assert figures.counted(names.REQUEST_DURATION, names.ATTEMPT_REASON) == {"first": 1}
    assert figures.counted(names.UNPRICED, names.REQUEST_MODEL) == {}


async def test_a_request_of_unknown_cost_is_counted_as_that_and_not_as_nothing(figures: Figures) -> None:
    await answering(figures=figures, prices={}).acomplete("x")
    assert figures.counted(names.UNPRICED, names.REQUEST_MODEL) == {"first": 1}
    assert figures.counted(names.SPENT, names.REQUEST_MODEL) == {}


async def test_the_cache_is_counted_by_what_it_had(figures: Figures) -> None:
    guard = answering(figures=figures, cache={}, parameters={"temperature": 0})
    for _ in range(3):
        await guard.acomplete("the same")
    assert figures.counted(names.CACHE_LOOKUPS, names.CACHE) == {"miss": 1, "hit": 2}


async def test_each_run_of_a_check_is_timed_also_on_replies_that_were_discarded(figures: Figures) -> None:
    models = {"first": Scripted(["bad"], cycle=True), "stronger": Scripted(["good"], cycle=True)}
    guard = Guard(
        policy(rule("no-bad", action=["escalate", "block"])), models=models | {"cheaper": models["first"]},
        meter_provider=figures.provider,
    )  # fmt: skip
    await guard.acomplete("x")
    assert figures.counted(names.CHECK_DURATION, names.VERDICT_STATE) == {"fail": 1, "pass": 1}


async def test_a_check_whose_verdict_was_kept_is_not_timed_again(figures: Figures) -> None:
    guard = answering(rule("no-bad"), figures=figures, cache={}, parameters={"temperature": 0})
    for _ in range(2):
        await guard.acomplete("the same")
    assert figures.counted(names.CHECK_DURATION, names.RULE_ID) == {"no-bad": 1}


async def test_breakers_and_budgets_are_gauges_of_the_guards_health(figures: Figures) -> None:
    guard = answering(
        reply=ServerError("down"),
        figures=figures,
        breaker={"failures": 2},
        models={"first": "first"},
        budgets=[{"per": "all", "limit": 5}],
    )
    for _ in range(3):
        await guard.acomplete("x")
    assert figures.counted(names.BREAKER_STATE, names.REQUEST_MODEL) == {"first": 2}
    assert figures.counted(names.SKIPPED, names.SKIPPED_WHY)["breaker"] >= 1
    assert figures.counted(names.BUDGET_LIMIT, names.BUDGET_PER) == {"all": 5}
    left = figures.counted(names.BUDGET_LEFT, names.BUDGET_PER)["all"]
    assert 0 < left <= 5


def blank(**more: Any) -> Outcome:
    return Outcome(text="x", receipt=Receipt(id="r", policy="p", policy_digest="d", **more))


def test_the_states_of_a_breaker_are_numbers_in_the_order_of_their_gravity(figures: Figures) -> None:
    for state, value in (("closed", 0), ("half_open", 1), ("open", 2)):
        health = Health(breakers=(BreakerHealth.model_validate({"model": "openai/gpt-4.1", "state": state}),))
        Metrics("p", figures.provider).record(blank(), lambda health=health: health)  # type: ignore[misc]
        assert figures.counted(names.BREAKER_STATE, names.REQUEST_MODEL) == {"gpt-4.1": value}


def test_a_budget_of_which_nothing_is_known_leaves_no_figure(figures: Figures) -> None:
    health = Health(budgets=(BudgetHealth(per="tenant", window="day", limit=5, left=None),))
    Metrics("p", figures.provider).record(blank(), lambda: health)
    assert figures.points(names.BUDGET_LEFT) == []
    assert figures.counted(names.BUDGET_LIMIT, names.BUDGET_WINDOW) == {"day": 5}


async def test_no_attribute_holds_a_text_a_tenant_or_an_address(figures: Figures) -> None:
    secret = "openai-compatible:http://inner.host/v1#model"
    guard = Guard(
        policy(rule("no-bad", "input", action="flag"), models={"first": secret}, prices={}),
        models={secret: Scripted(["a private answer"], cycle=True)},
        meter_provider=figures.provider,
    )
    await guard.acomplete("a bad and private question", tenant="a private tenant")
    data = figures.reader.get_metrics_data()
    assert data is not None
    told = data.to_json()
    assert "guardrails.calls" in told
    assert not [word for word in ("private", "inner.host") if word in told]


def test_two_guards_of_one_provider_share_its_instruments_and_are_told_apart(figures: Figures) -> None:
    for name in ("a", "b"):
        Metrics(name, figures.provider).record(blank(), Health)
    assert figures.counted(names.CALLS, names.POLICY_NAME) == {"a": 1, "b": 1}


def test_where_nobody_counts_health_is_not_even_asked() -> None:
    def asked() -> Health:
        raise AssertionError("nobody wanted to know")

    Metrics("p").record(blank(), asked)
    Metrics("p", api.NoOpMeterProvider()).record(blank(), asked)


def test_a_guard_without_a_meter_provider_never_imports_the_metrics_api() -> None:
    program = (
        "import sys; from guardrails import Guard, Policy; from guardrails.models.scripted import Scripted\n"
        "policy = Policy.model_validate({'name': 'p', 'models': {'first': 'm'}})\n"
        "print(Guard(policy, models={'m': Scripted(['good'])}).complete('x').text)\n"
        "print([m for m in sys.modules if m.startswith(('opentelemetry.metrics', 'opentelemetry.sdk'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "good\n[]\n"


def test_a_provider_that_is_set_after_the_guard_was_made_is_followed() -> None:
    program = """
import asyncio
from guardrails import Guard, Policy
from guardrails.models.scripted import Scripted
guard = Guard(Policy.model_validate({"name": "p", "models": {"first": "m"}}), models={"m": Scripted(["x"], cycle=True)})
async def main():
    await guard.acomplete("before anybody counts")
    from opentelemetry import metrics
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    await guard.acomplete("the module is there and no provider")
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider(metric_readers=[reader]))
    await guard.acomplete("counted")
    await guard.acomplete("counted")
    found = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    print([m.data.data_points[0].value for m in found if m.name == "guardrails.calls"])
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[2]\n"


# --- Prometheus itself ----------------------------------------------------------------------------------------------

APPLICATION = """
import asyncio, sys
from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import start_http_server
from guardrails import Guard, Policy
from guardrails.errors import ServerError
from guardrails.models.scripted import Scripted

metrics.set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
policy = Policy.model_validate({
    "name": "shop", "models": {"first": "openai/gpt-4.1-mini"}, "retry": {"tries": 1}, "breaker": {"failures": 3},
    "cache": {}, "parameters": {"temperature": 0}, "budgets": [{"per": "tenant", "limit": "$5"}],
    "prices": {"openai/gpt-4.1-mini": {"input": 1, "output": 2}},
    "rules": [{"id": "no-bad", "surface": "input", "check": "wordlist", "action": "block", "with": {"words": ["bad"]}}],
})
down = Scripted(lambda call: ServerError("down") if "down" in call.question else "good")
guard = Guard(policy, models={"openai/gpt-4.1-mini": down})

async def main():
    for question in ("one", "one", "bad", "two", "down 1", "down 2", "down 3", "down 4"):
        await guard.acomplete(question, tenant="t")

asyncio.run(main())
server, _ = start_http_server(0, addr="127.0.0.1")
print(server.server_port, flush=True)
sys.stdin.read()
"""

EXPECTED: dict[str, dict[str, float | None]] = {
    "sum by (guardrails_outcome) (guardrails_calls_total)": {"delivered": 3.0, "blocked": 1.0, "failed": 4.0},
    "sum by (guardrails_rule_id) (guardrails_blocks_policy_total)": {"no-bad": 1.0},
    "sum(guardrails_blocks_failure_total)": {"": 4.0},
    "sum by (guardrails_cache_status) (guardrails_cache_lookups_total{guardrails_cache_status='hit'})": {"hit": 1.0},
    "sum by (gen_ai_request_model) (gen_ai_client_operation_duration_seconds_count)": {"gpt-4.1-mini": 5.0},
    "sum by (error_type) (gen_ai_client_operation_duration_seconds_count{error_type!=''})": {"ServerError": 3.0},
    "guardrails_breaker_state == 2": {"": 2.0},
    "sum by (guardrails_skipped_why) (guardrails_skipped_total)": {"breaker": 1.0},
    "guardrails_budget_left < guardrails_budget_limit": {"": None},
    "sum(guardrails_cost_total) > 0": {"": None},
    "histogram_quantile(0.5, sum by (le) (guardrails_check_duration_seconds_bucket)) < 1": {"": None},
}
"""PromQL, and the values it gives by the one label that is left; None for any."""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prometheus of our own that scrapes an application and loads our alerts."""
    binary = shutil.which("prometheus")
    if binary is None:
        pytest.skip("needs Prometheus on the PATH: apt-get install prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", APPLICATION], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as application:
        assert application.stdout is not None
        scraped = int(application.stdout.readline())
        config = {
            "global": {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "200ms"},
            "rule_files": [str(ALERTS / "alerts.yml")],
            "scrape_configs": [{"job_name": "shop", "static_configs": [{"targets": [f"127.0.0.1:{scraped}"]}]}],
        }
        (folder / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
        with subprocess.Popen(
            [
                binary, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
            ],
            stderr=subprocess.PIPE, text=True,
        ) as server:  # fmt: skip
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()
                application.terminate()
                server.communicate(timeout=20)
                application.communicate(timeout=20)


def asked(address: str, path: str, **query: str) -> Any:
    """What its API answers, waited for: it starts, scrapes and evaluates in its own time."""
    url = f"{address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                data = json.load(response)["data"]
        except OSError:
            data = None
        found = data and data.get("result", data)
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{url} has no answer")


@pytest.mark.parametrize("query", EXPECTED)
def test_prometheus_scrapes_the_figures_and_answers_this_query(query: str, prometheus: str) -> None:
    found = {}
    for row in asked(prometheus, "query", query=query):
        labels = [value for key, value in row["metric"].items() if key in query.partition(")")[0] and "by" in query]
        found[labels[0] if len(labels) == 1 else ""] = float(row["value"][1])
    expected = EXPECTED[query]
    assert found == {key: found.get(key) if value is None else value for key, value in expected.items()}


def test_every_shipped_alert_is_evaluated_without_an_error(prometheus: str) -> None:
    for _ in range(100):
        rules = [one for group in asked(prometheus, "rules")["groups"] for one in group["rules"]]
        if all(one["health"] != "unknown" for one in rules):
            break
        time.sleep(0.1)
    assert len(rules) >= 9
    assert {one["name"]: one.get("lastError") for one in rules if one["health"] != "ok"} == {}


@pytest.mark.parametrize("arguments", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")])
def test_promtool_accepts_the_shipped_alerts(arguments: tuple[str, ...]) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("needs promtool on the PATH: apt-get install prometheus")
    done = subprocess.run([tool, *arguments], cwd=ALERTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_metric_that_an_alert_names_is_one_of_ours() -> None:
    import re

    text = (ALERTS / "alerts.yml").read_text()
    ours = {value.replace(".", "_") for key, value in vars(names).items() if key.isupper() and isinstance(value, str)}
    found = set(
        re.findall(r"\b((?:guardrails|gen_ai)_[a-z_]+?)(?:_total|_seconds_count|_seconds_bucket)?\b(?=[\[{ /])", text)
    )
    assert found
    assert found <= ours
