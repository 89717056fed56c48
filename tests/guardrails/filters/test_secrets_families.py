"""Every family of credentials in the table has a specimen, and what only looks like one passes."""

from __future__ import annotations

import base64
import hashlib
import itertools
import random
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.checks.secrets import Secrets
from guardrails.edits import apply_edits
from guardrails.filters.secrets.find import FAMILIES, find
from guardrails.filters.secrets.table import SERVICES as SERVICE_TABLE
from guardrails.filters.secrets.table import SHAPES as SHAPE_TABLE
from guardrails.patterns import scannable
from guardrails.types import Exchange
from tests.guardrails.filters.made_secrets import SERVICES, SHAPES, made, noise


def kinds(text: str) -> list[str]:
    return [span.kind for span in Secrets()(Exchange(text=text)).spans]


def body(text: str) -> str:
    """What is left of a text after its edits."""
    return apply_edits(text, Secrets()(Exchange(text=text)).fix)


def test_each_form_and_each_service_of_the_table_has_its_specimen() -> None:
    assert sorted(f"{shape.family}: {shape.what}" for shape in SHAPE_TABLE) == sorted(SHAPES)
    assert sorted(service.family for service in SERVICE_TABLE) == sorted(SERVICES)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("frame", ["{}", "Here it is: {}, please.", '"{}"', "a\n{}\nb", "`{}`", "({})"])
def test_a_key_of_each_form_is_found(name: str, frame: str) -> None:
    for seed in range(5):
        value = made(SHAPES[name], seed)
        assert name.partition(":")[0] in kinds(frame.format(value)), value
        if SHAPES[name].endswith("}"):
            assert value[-12:] not in body(frame.format(value))


@pytest.mark.parametrize("name", SHAPES)
def test_the_beginning_of_a_key_alone_and_a_blank_are_no_key(name: str) -> None:
    if SHAPES[name] in ("JWT", "DISCORD"):
        return
    prefix = made(SHAPES[name].partition("{")[0])
    assert kinds(f"Tokens of theirs begin with {prefix} as you know.") == []
    if prefix and "://" not in prefix:
        assert kinds(f"Put yours here: {prefix}{'x' * 40}") == []
        assert kinds(f"Put yours here: {prefix}...") == []


@pytest.mark.parametrize("family", SERVICES)
def test_the_key_of_a_service_is_known_by_the_name_beside_it(family: str) -> None:
    name, recipe = SERVICES[family]
    value = made(recipe, family)
    for text in (
        f"{name}_api_key = '{value}'",
        f"export {name.upper()}_TOKEN={value}",
        f'{{"{name}Secret": "{value}"}}',
        f"{name}_key: {value}\n",
        f"<{name}Token>{value}</{name}Token>",
        f"My {name} API key is {value}.",
        f'const {name}Key: string = "{value}";',
        f'{name}_token <- "{value}"',
    ):
        found = find(text)
        assert value in [text[secret.start : secret.end] for secret in found], text
    assert kinds(f"We moved to {name} in spring; build {value} went out.") in ([], ["heroku"])


def test_a_value_of_no_service_is_an_assignment_only_where_it_is_irregular() -> None:
    assert kinds(f"acme_api_key = {noise('an', 24)}") == ["assignment"]
    assert kinds("acme_api_key = see-the-handbook-2024") == []


@pytest.mark.parametrize(
    "frame",
    [
        "password: {}",
        "PASSWORD={}",
        "the password is {}",
        "db_password_prod = '{}'",
        "mysql --password={} -u root",
        "<password>{}</password>",
        "Server=db;User Id=sa;Password={};Encrypt=yes",
        "os.environ['DB_PASSWORD'] = \"{}\"",
        "setPassword('{}')",
        "machine ftp.example login bob password {}",
        "curl -u bob:{} https://a.example",
        "amqp://bob:{}@queue.example:5672/v",
        "redis://:{}@cache.example:6379/0",
        "Mein Passwort lautet {}",
        "La contraseña es {}",
        'conn = f(user="bob", password="{}")',
        "| password | {} |".replace("| password |", "password:"),
        '\\"client_secret\\":\\"{}\\"',
    ],
)
def test_a_password_is_known_by_where_it_stands(frame: str) -> None:
    for value in ("hun" + "ter2x9", "Tr0ub" + "4dor&3", noise("an", 20)):
        text = frame.format(value)
        assert value not in body(text), text
        assert value[:3] != body(text)[:3]


@pytest.mark.parametrize("kind", ["RSA ", "EC ", "OPENSSH ", "DSA ", "ENCRYPTED ", "", "PGP "])
def test_a_private_key_of_every_kind_goes_as_a_block(kind: str) -> None:
    tail = " BLOCK" if kind == "PGP " else ""
    lines = "\n".join(noise("b64", 64, n) for n in range(6))
    key = f"-----BEGIN {kind}PRIVATE KEY{tail}-----\n{lines}\n-----END {kind}PRIVATE KEY{tail}-----"
    assert body(f"a {key} b") == "a [SECRET] b"
    assert body(f"a {key} b".replace("\n", "\\n")) == "a [SECRET] b"


def test_a_putty_key_goes_whole() -> None:
    mac = "Private-" + "MAC: " + noise("hex", 40)
    key = "PuTTY-User-" + "Key-File-2: ssh-rsa\nEncryption: none\n" + noise("b64", 200) + f"\n{mac}"
    assert body(f"a {key} b") == "a [SECRET] b"


@pytest.mark.parametrize(
    "text",
    [
        f"commit {hashlib.sha1(b'a').hexdigest()}",
        f"sha256:{hashlib.sha256(b'a').hexdigest()}",
        f'"integrity": "sha512-{base64.b64encode(hashlib.sha512(b"a").digest()).decode()}"',
        f"    --hash=sha256:{hashlib.sha256(b'b').hexdigest()} \\",
        f"etag: {hashlib.md5(b'c').hexdigest()}",
        f"md5sum {hashlib.md5(b'c').hexdigest()}  token-file.txt",
        f"request {uuid.UUID(int=7 << 100)} took 3 ms",
        f"password_hash: {hashlib.sha256(b'x').hexdigest()}",
        f"public_key = {'Ab1' * 12}",
        f"primary key: {'ab12' * 6}",
        f"next_page_token: {'CAUQ1' * 6}",
        f"token_type=bearer1234, token_id={'a1' * 12}, secret_name=prod/db1/main",
        "password: at-least-8-characters",
        "password=config.DB_SECRET_2, token=get_token2(), secret = self.settings2.secret",
        "api_key: str = Field(default=None, min_length=12)",
        "tokenizer: gpt2-medium-v2, tokens: 1234567890, max_tokens=4096",
        "The secret: nobody knows. The token was burned in 2024-01-15T10:00:00Z.",
        "Passwords: use 12 characters, e.g. one of C0mplex1ty's rules".replace("C0mplex1ty", "complexity"),
        "auth: oauth2, scheme: bearer",
        "Author: a1b2c3d4e5f6; authority=example2.com:8080; authored: 2024-05-06T07:08:09",
        "access key: see https://docs.example/keys2 for details",
        "AC Milan, SK Gaming and SG.eu; sk-learn-extra-and-other-things; s.internationalisation",
        "The secretary is A.B.Smith2@example.org.",
        "ISBN 978-3-16-148410-0, order GH12345678, flight LH1234, v1.0-beta2, PMID 12345678",
        "live_stream_of_the_match_test_pub_quiz",
        "https://example.com/a:b@c and mailto:x@y.example",
        f"ssh-rsa {base64.b64encode(bytes(range(200))).decode()} me@host",
        f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(bytes(range(200))).decode()}\n-----END PUBLIC KEY-----",
        f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(bytes(range(250))).decode()}\n-----END CERTIFICATE-----",
        f"data:image/png;base64,{base64.b64encode(random.Random(3).randbytes(3000)).decode()}",
    ],
)
def test_prose_code_hashes_and_images_are_left_alone(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize("alphabet", ["hex", "b64", "url", "an", "up", "n"])
def test_noise_holds_no_key(alphabet: str) -> None:
    rng = random.Random(alphabet)
    letters = noise(alphabet, 64)
    block = "".join(rng.choices(letters, k=200_000))
    assert find(block) == []
    assert len(find("\n".join(block[i : i + 64] for i in range(0, len(block), 64)))) <= 1


@pytest.mark.parametrize(
    "disguise",
    [
        lambda key: "\u200b".join(key),
        lambda key: key[:6] + "\u00ad\u2060" + key[6:],
        lambda key: base64.b64encode(f"the key is {key}".encode()).decode(),
        lambda key: f"the key is {key}".encode().hex(),
        lambda key: "".join(f"%{byte:02x}" for byte in key.encode()),
        lambda key: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in key),
        lambda key: f"{key[:8]}<b>{key[8:12]}</b>{key[12:]}",
        lambda key: "".join(chr(0xE0000 + ord(c)) for c in key),
        lambda key: "&#" + ";&#".join(str(ord(c)) for c in key) + ";",
    ],
)
def test_a_disguised_key_is_found_where_it_stands(disguise: object) -> None:
    key = made(SHAPES["aws: access key"])
    hidden = disguise(key)  # type: ignore[operator]
    text = f"Take this: {hidden} and go."
    verdict = Secrets()(Exchange(text=text))
    assert verdict.state == "fail"
    left = apply_edits(text, verdict.fix)
    assert left.startswith("Take this: ")
    assert left.endswith(" and go.")
    assert Secrets()(Exchange(text=left)).state == "pass"


@given(st.lists(st.sampled_from([made(r) for r in SHAPES.values()]) | st.text(max_size=12), max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_was_replaced_holds_no_key_any_more(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = find(text.encode(errors="replace").decode())
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert {secret.family for secret in found} <= set(FAMILIES)
    once = body(text)
    assert body(once) == once


@pytest.mark.parametrize(
    "piece",
    ["a", "password=", "api_key: ", "-----BEGIN ", "https://a:", "eyJ", "sk-", "AKIA", "facebook ", "curl -u a", "MNO",
     "token token ", "x-api-key: ", "--password ", "ghp_", "machine a login b ", "s.", "://:", "SK0", "\\n"],
)  # fmt: skip
def test_hostile_repetition_is_read_to_its_end(piece: str) -> None:
    text = piece * (200_000 // len(piece)) + " " + made(SHAPES["aws: access key"])
    assert find(text)[-1].family in ("aws", "private_key", "assignment")


def test_no_file_of_this_project_holds_a_credential() -> None:
    root = Path(__file__).resolve().parents[3]
    folders = ("guardrails", "rubrics", "harness", "examples", "suites", "benchmarks", "docs", "tests")
    files = [
        file
        for folder in folders
        for file in (root / folder).rglob("*")
        if file.suffix in {".py", ".md", ".yaml", ".json", ".jsonl", ".csv"} and "cassettes" not in file.parts
    ]
    held = {
        (file.name, text[secret.start : secret.end])
        for file in files
        for text in [scannable(file.read_text(encoding="utf-8", errors="replace"))]
        for secret in find(text)
    }
    assert held == set()


# --- beside two scanners of repositories ------------------------------------------------------------------------------

GITLEAKS = (
    "1password adafruit adobe age airtable algolia alibaba anthropic artifactory asana atlassian authress aws azure "
    "beamer bitbucket bittrex cisco_meraki clickhouse clojars cloudflare codecov cohere coinbase confluent contentful "
    "curl_user databricks datadog defined_networking digitalocean discord doppler droneci dropbox duffel dynatrace "
    "easypost etsy facebook fastly finicity finnhub flickr flutterwave flyio frameio freshbooks google assignment "
    "github gitlab gitter gocardless grafana harness_io hashicorp heroku hubspot huggingface infracost intercom "
    "intra42 jwt kraken kubernetes kucoin launchdarkly linear linkedin lob mailchimp mailgun mapbox mattermost maxmind "
    "messagebird microsoft netlify newrelic notion npm config nytimes octopus okta openai openshift perplexity plaid "
    "planetscale postman prefect private_key privateai pulumi pypi rapidapi readme rubygems scalingo sendbird sendgrid "
    "brevo sentry settlemint shippo shopify sidekiq slack snyk sonar sourcegraph square squarespace stripe sumologic "
    "telegram travisci twilio twitch twitter typeform vault yandex zendesk authorization"
)
"""The families of its default rules, by our names: its `sendinblue` is called `brevo` now, `jfrog` is `artifactory`."""

DETECT_SECRETS = (
    "artifactory aws azure url_password cloudant discord github gitlab ibm jwt assignment mailchimp npm openai "
    "private_key pypi sendgrid slack square stripe telegram twilio"
)
"""The families of its plugins, less addresses of hosts, which are personal data, and entropy without any name."""


@pytest.mark.parametrize("family", sorted({*GITLEAKS.split(), *DETECT_SECRETS.split()}))
def test_each_family_of_two_scanners_of_repositories_has_one_here(family: str) -> None:
    assert family in FAMILIES


def test_there_are_as_many_as_the_page_says(root: Path) -> None:
    page = " ".join((root / "docs" / "filters.md").read_text(encoding="utf-8").split())
    told = f"{len(FAMILIES)} families, among them all {len(GITLEAKS.split())} of gitleaks' default rules and all "
    assert f"{told}{len(DETECT_SECRETS.split())} of detect-secrets'" in page


# --- files that hold credentials --------------------------------------------------------------------------------------


def manifest(kind: str, *values: str) -> str:
    lines = "".join(f"  key-{number}.txt: {value}\n" for number, value in enumerate(values))
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: shop\ndata:\n{lines}"


def test_what_a_kubernetes_secret_holds_is_one_whatever_its_keys_are_called() -> None:
    values = [base64.b64encode(noise("an", 15, seed).encode()).decode() for seed in range(3)]
    left = body(manifest("Secret", *values))
    assert not any(value in left for value in values)
    assert "key-2.txt: [SECRET]" in left
    assert kinds(manifest("ConfigMap", *values)) == []
    assert kinds(manifest("Deployment") + "---\n" + manifest("ConfigMap", *values)) == []
    two = manifest("ConfigMap", values[0]) + "---\n" + manifest("Secret", values[1])
    assert (values[0] in body(two), values[1] in body(two)) == (True, False)


@pytest.mark.parametrize("key", ["ClearTextPassword", "Password", "Shop:ApiKey", "client-secret"])
def test_a_configuration_in_xml_names_its_credentials_in_an_attribute(key: str) -> None:
    value = noise("an", 20, key)
    assert value not in body(f'<add key="{key}" value="{value}" />')
    assert kinds(f'<add key="Theme" value="{value}" />') == []
    assert kinds(f'<add key="{key}" value="%PASSWORD_OF_THE_SHOP%" />') == []
