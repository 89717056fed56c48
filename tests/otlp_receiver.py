"""A receiver for traces over OTLP/HTTP on the loopback, which decodes what it was sent."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import Sampler

__all__ = ["Event", "Received", "Receiver", "receiver"]


@dataclass(frozen=True)
class Event:
    """An event of a span."""

    name: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class Received:
    """A span as it came over the wire. Ids are in hexadecimal; `kind` and `status` are the names of the protocol."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str | None
    scope: str
    status: str
    message: str
    start: int
    end: int
    attributes: Mapping[str, Any]
    events: tuple[Event, ...] = ()


@dataclass
class Receiver:
    """What was received so far: `spans` in the order in which they ended, and every byte of every request."""

    endpoint: str
    spans: list[Received] = field(default_factory=list)
    body: bytes = b""

    def provider(self, sampler: Sampler | None = None) -> TracerProvider:
        """A tracer provider that exports to here; `force_flush` it before looking."""
        provider = TracerProvider(sampler=sampler, resource=Resource({"service.name": "tests"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=self.endpoint)))
        return provider

    def named(self, name: str) -> list[Received]:
        """The spans called `name`."""
        return [span for span in self.spans if span.name == name]

    def only(self, name: str) -> Received:
        """The one span called `name`."""
        (span,) = self.named(name)
        return span

    def children(self, span: Received) -> list[Received]:
        """The spans whose parent is `span`."""
        return [other for other in self.spans if (other.trace_id, other.parent_id) == (span.trace_id, span.span_id)]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Listens on a free port while inside."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            spans = _spans(ExportTraceServiceRequest.FromString(body))
            with lock:
                received.body += body
                received.spans += spans
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Tests have no use for a line per request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Receiver(f"http://127.0.0.1:{server.server_address[1]}/v1/traces")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _spans(request: ExportTraceServiceRequest) -> list[Received]:
    return [
        Received(
            name=span.name,
            kind=ProtoSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
            trace_id=span.trace_id.hex(),
            span_id=span.span_id.hex(),
            parent_id=span.parent_span_id.hex() or None,
            scope=scope.scope.name,
            status=("UNSET", "OK", "ERROR")[span.status.code],
            message=span.status.message,
            start=span.start_time_unix_nano,
            end=span.end_time_unix_nano,
            attributes={pair.key: _value(pair.value) for pair in span.attributes},
            events=tuple(
                Event(event.name, {pair.key: _value(pair.value) for pair in event.attributes}) for event in span.events
            ),
        )
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    return getattr(value, kind) if kind else None
