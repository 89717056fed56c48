"""The records that travel between the parts, all frozen: to change one, copy it.

`Written` is the base of what people write (policies, suites, rubrics, check options): unknown keys are refused.
`Record` is the base of what the program makes: unknown fields of a later version are ignored when it is read back.
All offsets are in code points, ends exclusive; all times in seconds; all money in US dollars.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from guardrails.deadline import Deadline
from guardrails.errors import Blocked, CallFailed
from guardrails.placeholders import Placeholders

if TYPE_CHECKING:
    from guardrails.normalise import Views

__all__ = [
    "Action",
    "Attempt",
    "AttemptReason",
    "BreakerHealth",
    "BreakerName",
    "BudgetHealth",
    "CacheHealth",
    "CacheStatus",
    "Call",
    "Cause",
    "Citation",
    "Discarded",
    "Document",
    "Edit",
    "Evidence",
    "Exchange",
    "FailureRecord",
    "Health",
    "Ledger",
    "Message",
    "Outcome",
    "Parameters",
    "Receipt",
    "Record",
    "Reply",
    "RuleResult",
    "Skipped",
    "Span",
    "State",
    "Surface",
    "ToolCall",
    "Usage",
    "Verdict",
    "Written",
]

Surface = Literal["input", "context", "output", "tool_result", "memory"]
"""Where a check looks: what the user wrote, each retrieved document, the reply, what a tool returned, each memory."""

State = Literal["pass", "fail", "undecided", "not_applicable", "error"]

Action = Literal["escalate", "reask", "block", "redact", "drop", "flag"]

Cause = Literal["policy", "failure"]
"""Why nothing was delivered: a rule decided so, or something broke."""

CacheStatus = Literal["off", "bypass", "miss", "hit", "shared", "stale", "error"]
"""`shared`: the answer of an equal call that was under way. `stale`: a kept answer, past its time or of a cheaper
model, given because no model could answer. `error`: the store failed, which is a miss."""

AttemptReason = Literal["first", "retry", "hedge", "fallback", "last_resort", "escalate", "reask", "judge"]

BreakerName = Literal["closed", "open", "half_open"]


_set = object.__setattr__  # a record is frozen


@cache
def _all_fields(record: type[BaseModel]) -> set[str]:
    """One for all records of a kind: nothing is ever added to it, and a copy has its own."""
    return set(record.model_fields)


class Record(BaseModel):
    """What the program makes and stores."""

    # validators are built at the first use: an application pays at import for none that it does not need
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    @classmethod
    def made(cls, values: dict[str, Any]) -> Self:
        """The record of `values`: each of its fields, as validating them would leave them. Nothing is checked.

        For what is made by the hundred thousand, or for every rule of every call, of parts that were checked: it takes
        a third of the time.
        """
        record = cls.__new__(cls)
        _set(record, "__dict__", values)
        _set(record, "__pydantic_fields_set__", _all_fields(cls))
        _set(record, "__pydantic_extra__", None)
        _set(record, "__pydantic_private__", None)
        return record


class Written(BaseModel):
    """What a person writes. An unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ToolCall(Record):
    """A call of a tool that a model asked for. `arguments` is the JSON text as the model wrote it."""

    id: str = ""
    name: str
    arguments: str = "{}"


class Message(Record):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class Document(Record):
    """A passage that was retrieved for the call, or a memory. `id` is what citations and spans name."""

    id: str
    text: str
    title: str | None = None
    metadata: Mapping[str, Any] = Field(default_factory=dict)


class Usage(Record):
    """Tokens of one reply. `input_tokens` includes cached ones, `output_tokens` includes reasoning."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


class Parameters(Record):
    """How to generate. None leaves the provider's default."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = Field(default=None, gt=0)
    """Some servers take -1 for no limit; a request without one could cost anything."""
    seed: int | None = None
    stop: tuple[str, ...] = ()
    response_format: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    tool_choice: str | Mapping[str, Any] | None = None


class Reply(Record):
    """What a model answered. `cost` is None where the model has no known price: unpriced is a state, never 0."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    model: str = ""
    """Who answered: as the provider calls it in an adapter's reply, as the policy calls it behind the attempt."""
    usage: Usage | None = None
    cost: float | None = None
    finish_reason: str = "stop"
    id: str = ""


class Evidence(Record):
    """The stretch of a document that supports, or contradicts, a span."""

    document: str
    start: int
    end: int


class Span(Record):
    """A stretch of text that a verdict is about: of the document named, else of the text that was checked."""

    start: int
    end: int
    kind: str
    document: str | None = None
    evidence: Evidence | None = None
    score: float | None = Field(default=None, ge=0.0, le=1.0)
    """The check's score for this stretch alone, where it has one."""
    reason: str = ""
    """A short code for what is wrong with it, free of user text."""


class Edit(Record):
    """Replace `text[start:end]` of the checked text with `text`."""

    start: int
    end: int
    text: str


class Verdict(Record):
    """What a check or a grader found. It decides nothing: a policy or a suite does.

    `score` is in [0, 1] and higher is always better; raw amounts go into `measures`. `reason` is a short code, free of
    user text. `error` says how a check broke and is set exactly where `state` is `error`.
    """

    state: State
    score: float | None = Field(default=None, ge=0.0, le=1.0)
    reason: str = ""
    spans: tuple[Span, ...] = ()
    fix: tuple[Edit, ...] = ()
    measures: Mapping[str, float] = Field(default_factory=dict)
    error: str | None = None
    check: str = ""
    version: str = ""
    document: str | None = None
    """On the surfaces context and memory: the id of the document, or of the memory, that was judged."""
    seconds: float = 0.0
    cost: float | None = 0.0

    @property
    def ok(self) -> bool | None:
        """True for pass, False for fail, None for everything else."""
        return {"pass": True, "fail": False}.get(self.state)


Ask = Callable[[str], Awaitable[str]]
"""A prompt in, the text of the model's reply out; its request is on the call's ledger."""


_Source = TypeVar("_Source")
_Made = TypeVar("_Made")


class Exchange(Record):
    """All that a check may look at: its one argument. New fields never break an old check."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    surface: Surface = "output"
    text: str = ""
    messages: tuple[Message, ...] = ()
    documents: tuple[Document, ...] = ()
    memories: tuple[Document, ...] = ()
    """What the model was reminded of. It is no evidence: an answer is held against `documents`."""
    document: Document | None = None
    """On the surfaces context and memory: the document, or the memory, whose text is checked."""
    reply: Reply | None = None
    ask: Ask | None = Field(default=None, exclude=True, repr=False)
    """Asks the guard's own model; None where there is none."""
    deadline: Deadline | None = Field(default=None, exclude=True, repr=False)
    """Until when a check that is slow or asks a model has time; None where nobody waits for it."""

    @property
    def views(self) -> Views:
        """The ways to read `text`, made when they are first asked for and shared by all checks of this exchange."""
        return self.kept("views", self.text, _views)

    def kept(self, name: str, source: _Source, make: Callable[[_Source], _Made]) -> _Made:
        """What `make` makes of `source`, which is a field: made once, and shared by all checks of this exchange."""
        # Kept beside the fields, as a cached property is, so that equality and storage do not see it. A copy with
        # another text carries it along, so it says whose it is.
        held: tuple[_Source, _Made] | None = self.__dict__.get(f"kept {name}")
        if held is None or held[0] is not source:
            held = self.__dict__[f"kept {name}"] = (source, make(source))
        return held[1]

    @property
    def question(self) -> str:
        """The last thing the user said, or the empty string."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")


def _views(text: str) -> Views:
    from guardrails.normalise import normalised  # a process that runs no such check need not load it

    return normalised(text)


class Attempt(Record):
    """One request to a model: there is one for every request, also those whose answer was thrown away."""

    model: str
    reason: AttemptReason
    number: int = 1
    """Which request of this call to this model, from 1."""
    ok: bool
    error: str | None = None
    """The class of the `ModelError`, free of user text."""
    usage: Usage | None = None
    cost: float | None = None
    """None where the model has no known price, or where it is not known what was billed."""
    seconds: float = 0.0
    finish_reason: str | None = None
    answered_by: str | None = None
    """What the provider called the model that answered."""


class Skipped(Record):
    """A request to a model that was wanted and not made."""

    model: str
    reason: AttemptReason
    why: Literal["attempts", "breaker", "budget", "deadline", "retry_budget", "unpriced"]
    """What forbade it: the call's `attempts`, the model's breaker, a budget of money (or that nobody knows what is left
    of it), the deadline, the retry budget, or that the model has no known price."""


class RuleResult(Record):
    """What became of one rule of the policy for one delivered text."""

    rule: str
    check: str
    surface: Surface
    mode: Literal["enforce", "monitor"] = "enforce"
    status: Literal["ran", "reused", "not_run"]
    """`reused`: the verdict was kept with the cached answer and holds for this very check and its options."""
    why: str | None = None
    """Why it did not run."""
    state: State | None = None
    """The worst of its verdicts, as the rule reads them (its `below` applied)."""
    verdicts: tuple[Verdict, ...] = ()
    """One; on the input surface one per message, for documents and memories one for each and one for each title."""
    action: Action | None = None
    """What was done about it; None where nothing was. In monitor mode: what would have been done."""


class Discarded(Record):
    """A reply that was judged and not delivered, because a rule asked for another one."""

    model: str
    action: Action
    rules: tuple[RuleResult, ...]


class Ledger:
    """What one logical call has done so far: the only mutable thing that travels with it.

    The guard makes one per call and nothing else ever holds it, so two interleaved calls share nothing.
    """

    __slots__ = (
        "admitted",
        "apart",
        "asked",
        "attempts",
        "begun",
        "cache",
        "deadline",
        "discarded",
        "documents",
        "limit",
        "listeners",
        "memories",
        "placeholders",
        "results",
        "skipped",
        "spent",
        "tracing",
    )

    def __init__(self, deadline: Deadline, limit: int | None = None, *, apart: bool = False) -> None:
        self.deadline = deadline
        self.limit = limit
        """How many requests to models the call may make, those of its checks included; None for any number."""
        self.asked = 0
        """How many it has begun."""
        self.begun: dict[str, int] = {}
        """The same of each model."""
        self.apart = apart
        """What becomes of this call is no news for the breakers and the retry budget: it is part of a rehearsal."""
        self.spent = 0
        """What the call has spent or reserved, in billionths of a dollar."""
        self.skipped: list[Skipped] = []
        self.placeholders = Placeholders()
        self.attempts: list[Attempt] = []
        self.results: dict[str, RuleResult] = {}
        """By rule id: exactly one per rule, for the text that is delivered."""
        self.discarded: list[Discarded] = []
        self.cache: CacheStatus = "off"
        self.admitted: tuple[Document, ...] = ()
        """The documents that passed, as the application gave them."""
        self.documents: tuple[Document, ...] = ()
        """The same as the model sees them: with what was redacted in them."""
        self.memories: tuple[Document, ...] = ()
        """The memories that passed, as the model sees them."""
        self.listeners: list[Callable[[RuleResult], None]] = []
        """Told of each rule result as it is found; the trace layer adds itself here."""
        self.tracing: Any = None
        """The trace layer's own: the logical call's span while one records, else None."""

    def note(self, result: RuleResult) -> None:
        """Files the result of a rule, in place of an earlier one for a text that was not delivered."""
        self.results[result.rule] = result
        for listener in self.listeners:
            listener(result)

    @property
    def requests_left(self) -> int | None:
        """Requests that the call may still begin; None for any number."""
        return None if self.limit is None else max(0, self.limit - self.asked)

    def discard(self, discarded: Discarded) -> None:
        """Files a reply that was judged and not delivered."""
        self.discarded.append(discarded)
        for result in discarded.rules:
            for listener in self.listeners:
                listener(result)


class Call(Record):
    """One request as the layers see it: what the model is to be sent, and on whose behalf."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    messages: tuple[Message, ...]
    documents: tuple[Document, ...] = ()
    memories: tuple[Document, ...] = ()
    """What earlier conversations left behind."""
    model: str = ""
    reason: AttemptReason = "first"
    """Why this model is asked; it goes onto the ledger."""
    parameters: Parameters = Parameters()
    tenant: str | None = None
    user: str | None = None
    """Who asks, and `feature` what part of the application: budgets are kept for them."""
    feature: str | None = None
    sample: int = 0
    """The repeat this call belongs to: repeats of a question never share an answer."""
    ledger: Ledger = Field(default_factory=lambda: Ledger(Deadline(None)), exclude=True, repr=False)

    @property
    def question(self) -> str:
        """The last thing the user said, or the empty string."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")


class Receipt(Record):
    """Proof of what was checked and what it took.

    `rules` holds every rule of the policy exactly once, in the policy's order, for the text that was delivered.
    """

    id: str
    policy: str
    policy_digest: str
    rules: tuple[RuleResult, ...] = ()
    discarded: tuple[Discarded, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """Requests that were wanted and not made, with what forbade them."""
    attempts_left: int | None = None
    """How many more requests to models the call could have made."""
    discarded_attempts: int = 0
    """How many attempts failed, or brought an answer that was not delivered; those of checks are not among them."""
    discarded_cost: float | None = 0.0
    """What these cost; None where that is not known of one of them."""
    model: str | None = None
    """The model whose answer was delivered."""
    cache: CacheStatus = "off"
    seconds: float = 0.0
    deadline_left: float | None = None
    usage: Usage = Usage()
    cost: float | None = 0.0
    """The sum of what is known over all attempts; None where a reply came from a model without a known price."""
    unpriced: tuple[str, ...] = ()
    """Models of which it is not known what they cost here: without a price, or broken off before usage came."""
    prices: str | None = None
    """Revision of the price table the costs come from."""
    trace_id: str | None = None


class BreakerHealth(Record):
    """The breaker of one model."""

    model: str
    state: BreakerName
    requests: int = 0
    """In the window so far, like `failures`."""
    failures: int = 0
    why: Literal["failures", "cost"] | None = None
    """Why it is not closed."""
    opens_again: float | None = None
    """Seconds until one request may try it again; None where it is closed."""


class BudgetHealth(Record):
    """A budget of the policy, as far as this process has seen it."""

    per: str
    window: str | None = None
    limit: float
    left: float | None = None
    """US dollars: of several users, tenants or features the least. None where the store is shared and this process has
    not looked into it in this window: `Guard.ahealth` does."""
    resets_in: float | None = None
    """Seconds until the window ends; None where there is none."""
    seen: int = 0
    """For how many users, tenants or features."""


class CacheHealth(Record):
    """The cache since the guard was made."""

    status: Literal["off", "ok", "failing"]
    """`failing`: the last thing that was asked of the store failed."""
    hits: int = 0
    misses: int = 0
    shared: int = 0
    stale: int = 0
    store_errors: int = 0
    in_flight: int = 0
    """Calls under way whose answer equal calls wait for."""


class Health(Record):
    """How a guard fares at one moment: `Guard.health()`."""

    breakers: tuple[BreakerHealth, ...] = ()
    """Of every model that was asked."""
    hung_checks: Mapping[str, int] = Field(default_factory=dict)
    """Runs of slow checks that overran their timeout and have not come back."""
    budgets: tuple[BudgetHealth, ...] = ()
    budget_errors: int = 0
    """How often the store of the budgets failed."""
    retries_left: float = 0.0
    """Retries that the retry budget allows at this moment."""
    cache: CacheHealth = CacheHealth(status="off")


class FailureRecord(Record):
    """What went wrong in one call, so that it can become a golden case. Written by `Guard(on_failure=…)` and by a run.

    How much text it holds is the guard's `capture`: none, redacted (personal data and secrets replaced), or full.
    """

    model_config = ConfigDict(populate_by_name=True)

    schema_name: Literal["guardrails.failure/1"] = Field(default="guardrails.failure/1", alias="schema")
    id: str
    at: str
    """When, in ISO 8601 with the offset of UTC."""
    source: Literal["guard", "harness"]
    capture: Literal["none", "redacted", "full"]
    cause: str
    """`policy`, `failure`, `flagged` or `check_error` from a guard; the trial's state from a run."""
    reason: str | None = None
    messages: tuple[Message, ...] = ()
    documents: tuple[Document, ...] = ()
    memories: tuple[Document, ...] = ()
    output: str | None = None
    receipt: Receipt | None = None
    trace_id: str | None = None
    case: Mapping[str, Any] | None = None
    """The golden case that failed, where a run wrote this."""
    grades: tuple[Verdict, ...] = ()


class Citation(Record):
    """A stretch of the answer and the stretch of a document behind it.

    `kind` is `cited` where the answer names the document itself, `attributed` where the evidence was found for it.
    """

    start: int
    end: int
    document: str
    source_start: int | None = None
    source_end: int | None = None
    kind: Literal["cited", "attributed"]
    supported: bool | None = None


class Outcome(Record):
    """What the caller gets. `text` can always be shown: where nothing may be delivered it is the policy's own reply."""

    text: str
    blocked: bool = False
    cause: Cause | None = None
    reason: str | None = None
    """The id of the rule that blocked, or the class of the failure."""
    flags: tuple[str, ...] = ()
    """Ids of the rules that failed and only flag."""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = "stop"
    receipt: Receipt

    _cite: Callable[[], tuple[Citation, ...]] | None = PrivateAttr(default=None)

    @cached_property
    def citations(self) -> tuple[Citation, ...]:
        """Which document stands behind which stretch of the text; found when first asked for.

        It is not part of the stored record: it follows from the text and the documents.
        """
        return () if self._cite is None else self._cite()

    def citing(self, cite: Callable[[], tuple[Citation, ...]]) -> Outcome:
        """This outcome, with the way to find its citations."""
        self._cite = cite
        return self

    def raise_for_block(self) -> Outcome:
        """Raises `Blocked` or `CallFailed` where nothing was delivered; otherwise returns itself."""
        if not self.blocked:
            return self
        if self.cause == "policy":
            raise Blocked(f"blocked by rule {self.reason!r} of policy {self.receipt.policy!r}", self)
        raise CallFailed(f"no answer: {self.reason}", self)
