"""What the keys of each provider look like: the one table that the search and its tests are made of.

The shapes are those that the providers document or that their own keys show. A shape is cut in two where it can be: its
`head`, without which it is not in a text, goes into the set that is searched for in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from guardrails.filters.secrets.values import is_discord_token, is_jwt, is_mixed, is_random, is_varied

__all__ = ["SERVICES", "SHAPES", "Service", "Shape"]


class Shape(NamedTuple):
    """A form of key. `head + rest` is RE2's; its first group, where it has one, is the value."""

    family: str
    """The provider: the kind of a span."""
    what: str
    """Which of its keys."""
    head: str
    """How it begins, or what is in it: cheap to search for."""
    rest: str
    """What follows the head, or all of it where `whole`."""
    valid: Callable[[str], bool] | None = is_varied
    whole: bool = False

    @property
    def pattern(self) -> str:
        """The whole shape."""
        return self.rest if self.whole else self.head + self.rest

    @property
    def grouped(self) -> bool:
        """Whether the value is the first group of the pattern."""
        return re.search(r"(?<!\\)\((?!\?)", self.pattern) is not None


_HEX = "[0-9a-f]"
_UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_URL64 = "[A-Za-z0-9_-]"

SHAPES: tuple[Shape, ...] = (
    Shape("1password", "service token", r"\bops_eyJ", r"[A-Za-z0-9]{100,1000}={0,3}"),
    Shape(
        "1password",
        "secret key",
        r"\bA3-[A-Z0-9]{6}-",
        r"(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}\b",
    ),
    Shape("adobe", "client secret", r"\bp8e-", r"[A-Za-z0-9]{32}\b"),
    Shape("age", "secret key", r"\bAGE-SECRET-KEY-1", r"[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}\b"),
    Shape("aiven", "service password", r"\bAVNS_", rf"{_URL64}{{19}}\b"),
    Shape("airtable", "personal token", r"\bpat[A-Za-z0-9]{14}\.", rf"{_HEX}{{64}}\b"),
    Shape("alibaba", "access key", r"\bLTAI", r"[A-Za-z0-9]{17,26}\b", is_random),
    Shape("anthropic", "key", r"\bsk-ant-", rf"{_URL64}{{20,}}", None),
    Shape("artifactory", "api key", r"\bAKCp", r"[A-Za-z0-9]{69}\b"),
    Shape("artifactory", "reference token", r"\bcmVmdGtu", r"[A-Za-z0-9]{56}\b"),
    Shape("atlassian", "api token", r"\bAT(?:ATT|CTT|BB)[A-Za-z0-9]", r"[A-Za-z0-9+/=_.-]{24,240}"),
    Shape(
        "authress",
        "service key",
        r"\b(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.",
        r"[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,120}",
        is_random,
    ),
    Shape("aws", "access key", r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)", r"[A-Z2-7]{16}\b"),
    Shape("aws", "bedrock key", r"\bABSK", r"[A-Za-z0-9+/]{109,269}={0,2}"),
    Shape("aws", "mws key", r"\bamzn\.mws\.", _UUID),
    Shape("azure", "client secret", r"\dQ~[A-Za-z0-9_~.-]", r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", whole=True),
    Shape("azure", "storage key", r"(?i)AccountKey=", r"([A-Za-z0-9+/]{86}==)"),
    Shape("azure", "shared access", r"[?&]sig=", r"((?:[A-Za-z0-9]|%[0-9A-Fa-f]{2}){43,80}(?:=|%3[dD])?)"),
    Shape(
        "azure",
        "devops token",
        r"JQQJ99[A-Z0-9]",
        r"\b[A-Za-z0-9]{52}JQQJ99[A-Z0-9][A-Za-z0-9]{4}[A-Z0-9]{4}[A-Za-z0-9]{17,20}",
        whole=True,
    ),
    Shape("beamer", "api key", r"\bb_[a-z0-9=_-]{40}", r"[a-z0-9=_-]{4}\b"),
    Shape(
        "braintree",
        "access token",
        r"\baccess_token\$(?:production|sandbox)\$",
        rf"[0-9a-z]{{16}}\${_HEX}{{32}}\b",
    ),
    Shape("brevo", "api key", r"\bxkeysib-", rf"{_HEX}{{64}}-[A-Za-z0-9]{{16}}\b"),
    Shape("clickhouse", "cloud secret", r"\b4b1d", r"[A-Za-z0-9]{38}\b", is_random),
    Shape("clojars", "deploy token", r"\bCLOJARS_", r"[A-Za-z0-9]{60}\b"),
    Shape("cloudflare", "origin key", r"\bv1\.0-", rf"{_HEX}{{24}}-{_HEX}{{146}}\b"),
    Shape("databricks", "token", r"\bdapi", rf"{_HEX}{{32}}(?:-\d)?\b"),
    Shape("defined_networking", "token", r"\bdnkey-", r"[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}"),
    Shape("digitalocean", "token", r"\bdo[opr]_v1_", rf"{_HEX}{{64}}\b"),
    Shape(
        "discord",
        "bot token",
        r"[MNO][\w-]{23,25}\.[\w-]{6}\.",
        r"\b[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}",
        is_discord_token,
        whole=True,
    ),
    Shape("discord", "webhook", r"discord(?:app)?\.com/api/webhooks/", rf"\d{{17,20}}/{_URL64}{{60,72}}"),
    Shape("docker", "access token", r"\bdckr_(?:pat|oat)_", rf"{_URL64}{{27,32}}"),
    Shape("doppler", "token", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.", rf"(?:{_URL64}{{2,35}}\.)?[A-Za-z0-9]{{40,44}}\b"),
    Shape("dropbox", "short token", r"\bsl\.", rf"(?:u\.)?{_URL64}{{130,1000}}"),
    Shape("duffel", "token", r"\bduffel_(?:test|live)_", r"[A-Za-z0-9_=-]{43}"),
    Shape("dynatrace", "token", r"\bdt0[a-z]\d{2}\.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}\b"),
    Shape("easypost", "key", r"\bEZ[AT]K", r"[A-Za-z0-9]{54}\b", is_random),
    Shape("facebook", "access token", r"\bEAA[MC]", r"[A-Za-z0-9]{20,}", is_random),
    Shape("facebook", "app token", r"\b\d{15,16}\|", r"[A-Za-z0-9_-]{27,40}"),
    Shape("figma", "token", r"\bfig[dou]_", rf"{_URL64}{{36,45}}"),
    Shape("firebase", "messaging key", r"\bAAAA[A-Za-z0-9_-]{7}:", r"APA91b[A-Za-z0-9_-]{130,150}"),
    Shape("fireworks", "key", r"\bfw_", r"[A-Za-z0-9]{22,24}\b", is_random),
    Shape("flutterwave", "key", r"\bFLW(?:PUBK|SECK)(?:_TEST)?-", r"[A-Za-z0-9]{12,32}-X\b"),
    Shape("flyio", "token", r"\bf(?:o1_|m1[ar]_|m2_)", r"[A-Za-z0-9+/_=-]{43,700}"),
    Shape("frameio", "token", r"\bfio-u-", r"[A-Za-z0-9=_-]{64}"),
    Shape("github", "token", r"\bgh[pousr]_", r"[A-Za-z0-9]{36,255}"),
    Shape("github", "fine-grained token", r"\bgithub_pat_", r"(?:[A-Za-z0-9]{22}_[A-Za-z0-9]{59}|\w{82})"),
    Shape(
        "gitlab",
        "token",
        r"\bgl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|ffct|soat|agent|imt|wt)-",
        rf"{_URL64}{{20,300}}(?:\.[0-9a-z]{{2}}\.?[0-9a-z]{{7}})?",
    ),
    Shape("gitlab", "runner registration", r"\bGR1348941", rf"{_URL64}{{20,50}}"),
    Shape("gitlab", "session", r"_gitlab_session=", rf"({_HEX}{{32}})"),
    Shape("google", "api key", r"\bAIza", r"[A-Za-z0-9_-]{35}", None),
    Shape("google", "oauth token", r"\bya29\.", r"[A-Za-z0-9_-]{20,}"),
    Shape("google", "oauth secret", r"\bGOCSPX-", r"[A-Za-z0-9_-]{28}"),
    Shape("google", "refresh token", r"\b1//0", r"[A-Za-z0-9_-]{40,120}"),
    Shape("grafana", "cloud token", r"\bglc_", r"[A-Za-z0-9+/]{32,400}={0,3}"),
    Shape("grafana", "service account", r"\bglsa_", r"[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}\b"),
    Shape("grafana", "api key", r"\beyJrIjoi", r"[A-Za-z0-9]{70,400}={0,3}"),
    Shape("groq", "key", r"\bgsk_", r"[A-Za-z0-9]{40,60}\b", is_random),
    Shape("harness_io", "token", r"\b(?:pat|sat)\.[A-Za-z0-9_-]{22}\.", r"[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}\b"),
    Shape(
        "hashicorp", "terraform token", r"\.atlasv1\.", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9=_-]{60,70}", whole=True
    ),
    Shape("heroku", "key", r"\bHRKU-", rf"(?:{_UUID}|AA[A-Za-z0-9_-]{{58}})"),
    Shape("huggingface", "token", r"\bhf_", r"[A-Za-z0-9]{34,40}\b"),
    Shape("huggingface", "organisation token", r"\bapi_org_", r"[A-Za-z0-9]{34}\b", is_random),
    Shape("ibm", "softlayer address", r"\bsoftlayer\.com/(?:soap|xmlrpc)/v3", rf"(?:\.1)?/({_HEX}{{64}})\b"),
    Shape("infracost", "key", r"\bico-", r"[A-Za-z0-9]{32}\b"),
    Shape("intra42", "secret", r"\bs-s4t2(?:ud|af)-", rf"{_HEX}{{64}}\b"),
    Shape("jwt", "token", r"\beyJ[A-Za-z0-9_-]{10,}\.", r"[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", is_jwt),
    Shape("langsmith", "key", r"\blsv2_(?:pt|sk)_", rf"{_HEX}{{32}}_{_HEX}{{10}}\b"),
    Shape(
        "launchdarkly", "key", r"\b(?:sdk|mob|api)-[0-9a-f]{8}-", r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    ),
    Shape("linear", "key", r"\blin_(?:api|oauth)_", r"[A-Za-z0-9]{40,64}\b", is_random),
    Shape("lob", "key", rf"\b(?:live|test)_(?:pub_)?{_HEX}{{31}}", rf"(?:{_HEX}{{4}})?\b"),
    Shape("mailchimp", "key", r"-us\d", rf"\b{_HEX}{{32}}-us\d{{1,2}}\b", whole=True),
    Shape("mailgun", "key", r"\b(?:pub)?key-", rf"{_HEX}{{32}}\b"),
    Shape(
        "mailgun",
        "signing key",
        rf"{_HEX}{{8}}-{_HEX}{{8}}\b",
        rf"\b{_HEX}{{32}}-{_HEX}{{8}}-{_HEX}{{8}}\b",
        whole=True,
    ),
    Shape("mapbox", "token", r"\b[ps]k\.eyJ", r"[A-Za-z0-9_-]{40,100}\.[A-Za-z0-9_-]{22}\b"),
    Shape("maxmind", "licence key", r"_mmk\b", r"\b[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk\b", whole=True),
    Shape(
        "microsoft",
        "teams webhook",
        r"\.webhook\.office\.com/webhookb2/",
        rf"{_UUID}@{_UUID}/IncomingWebhook/[A-Za-z0-9]{{32}}/{_UUID}",
    ),
    Shape("neon", "key", r"\bnapi_", r"[a-z0-9]{64}\b"),
    Shape("netlify", "token", r"\bnf[pouc]_", r"[A-Za-z0-9]{36}\b"),
    Shape("newrelic", "key", r"\bNR(?:AK|AL|RA|SP|II|IQ)-", r"[A-Za-z0-9_-]{26,60}"),
    Shape("newrelic", "browser key", r"\bNRJS-", rf"{_HEX}{{19}}\b"),
    Shape("newrelic", "licence", r"FFFFNRAL\b", rf"\b{_HEX}{{32}}FFFFNRAL\b", whole=True),
    Shape("notion", "token", r"\bntn_", r"\d{11}[A-Za-z0-9]{35}\b"),
    Shape("notion", "integration secret", r"\bsecret_", r"[A-Za-z0-9]{43}\b", is_random),
    Shape("npm", "token", r"\bnpm_", r"[A-Za-z0-9]{36}\b"),
    Shape("npm", "registry login", r":_(?:authToken|password|auth)\s?=", r"\s?\"?([A-Za-z0-9+/_-]{20,200}={0,2})"),
    Shape("nvidia", "key", r"\bnvapi-", rf"{_URL64}{{60,70}}"),
    Shape("octopus", "key", r"\bAPI-[A-Z0-9]{4}", r"[A-Z0-9]{21,27}\b", is_random),
    Shape("okta", "ssws token", r"(?i)\bSSWS ", r"(00[A-Za-z0-9_-]{40})"),
    Shape("openrouter", "key", r"\bsk-or-", rf"v1-{_HEX}{{64}}\b"),
    Shape("openshift", "token", r"\bsha256~", rf"{_URL64}{{43}}\b"),
    Shape("perplexity", "key", r"\bpplx-", r"[A-Za-z0-9]{48}\b"),
    Shape("pinecone", "key", r"\bpcsk_", r"[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}\b"),
    Shape("plaid", "access token", r"\baccess-(?:sandbox|development|production)-", rf"{_UUID}"),
    Shape("planetscale", "token", r"\bpscale_(?:tkn|pw|oauth)_", r"[A-Za-z0-9=._-]{32,64}"),
    Shape("postman", "key", r"\bPMAK-", rf"{_HEX}{{24}}-{_HEX}{{34}}\b"),
    Shape("posthog", "key", r"\bph[cxs]_", r"[A-Za-z0-9]{40,60}\b"),
    Shape("prefect", "key", r"\bpn[ub]_", r"[A-Za-z0-9]{36}\b"),
    Shape("pulumi", "token", r"\bpul-", rf"{_HEX}{{40}}\b"),
    Shape("pypi", "token", r"\bpypi-AgE", rf"[A-Za-z0-9]{_URL64}{{50,}}"),
    Shape("readme", "key", r"\brdme_", r"[a-z0-9]{70}\b"),
    Shape("replicate", "token", r"\br8_", r"[A-Za-z0-9]{37}\b"),
    Shape("resend", "key", r"\bre_[A-Za-z0-9]{8}_", r"[A-Za-z0-9]{24}\b"),
    Shape("rubygems", "key", r"\brubygems_", rf"{_HEX}{{48}}\b"),
    Shape("salesforce", "token", r"\b00D[A-Za-z0-9]{12,15}!", r"[A-Za-z0-9_.]{80,120}"),
    Shape("scalingo", "token", r"\btk-us-", rf"{_URL64}{{48}}"),
    Shape("sendgrid", "key", r"\bSG\.[A-Za-z0-9_-]{16,22}\.", r"[A-Za-z0-9_-]{43}"),
    Shape("sentry", "organisation token", r"\bsntrys_eyJ", r"[A-Za-z0-9+/=_-]{60,400}"),
    Shape("sentry", "user token", r"\bsntryu_", rf"{_HEX}{{64}}\b"),
    Shape(
        "sentry",
        "dsn",
        r"@[a-z0-9.]{0,40}\.?sentry\.io/",
        rf"https://{_HEX}{{32}}@[a-z0-9.]{{0,40}}\.?sentry\.io/\d+",
        whole=True,
    ),
    Shape("settlemint", "token", r"\bsm_(?:aat|pat|sat)_", r"[A-Za-z0-9]{16}\b"),
    Shape("shippo", "token", r"\bshippo_(?:live|test)_", rf"{_HEX}{{40}}\b"),
    Shape("shopify", "token", r"\bshp(?:at|ca|pa|ss|tka)_", r"[A-Fa-f0-9]{32}\b"),
    Shape(
        "sidekiq",
        "url",
        r"gems\.contribsys\.com|enterprise\.contribsys\.com",
        rf"https?://({_HEX}{{8}}:{_HEX}{{8}})@(?:gems|enterprise)\.contribsys\.com",
        whole=True,
    ),
    Shape("slack", "token", r"\bxox[abeoprs][.-]", r"(?:xox[bp]-\d-)?(?:[A-Za-z0-9]+-)+[A-Za-z0-9]{8,}", None),
    Shape("slack", "legacy token", r"\bxox[abeoprs]-\d", r"-?[A-Za-z0-9]{20,260}"),
    Shape("slack", "app token", r"\bxapp-\d-", r"[A-Z0-9]+-\d+-[A-Za-z0-9]{16,}", None),
    Shape(
        "slack", "webhook", r"https://hooks\.slack\.com/", r"(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,}", None
    ),
    Shape("snyk", "token", r"\bsnyk_(?:uat|sat)\.", rf"{_HEX}{{8}}\.[A-Za-z0-9._-]{{60,200}}"),
    Shape("sonar", "token", r"\bsq[upa]_", rf"{_HEX}{{40}}\b"),
    Shape("sourcegraph", "token", r"\bsgp_", rf"(?:(?:{_HEX}{{16}}|local)_)?{_HEX}{{40}}\b"),
    Shape("square", "token", r"\bsq0[a-z]{3}-", rf"{_URL64}{{22,43}}"),
    Shape("square", "access token", r"\bEAAA[A-Za-z0-9+=-]", r"[A-Za-z0-9_+=-]{59}\b", is_random),
    Shape("stripe", "key", r"\b(?:sk|rk)_(?:live|test|prod)_", r"[A-Za-z0-9]{10,}", None),
    Shape("stripe", "webhook secret", r"\bwhsec_", r"[A-Za-z0-9+/]{24,}", None),
    Shape("supabase", "personal token", r"\bsbp_", rf"{_HEX}{{40}}\b"),
    Shape("supabase", "secret key", r"\bsb_secret_", rf"{_URL64}{{22}}_[A-Za-z0-9_-]{{8}}"),
    Shape(
        "tailscale",
        "key",
        r"\btskey-(?:api|auth|client|scim|webhook)?-?",
        r"[A-Za-z0-9]{8,20}(?:CNTRL)?-[A-Za-z0-9]{16,40}",
    ),
    Shape("telegram", "bot token", r"\b\d{5,16}:A", r"[A-Za-z0-9_-]{34}", is_random),
    Shape("together", "key", r"\btgp_v1_", rf"{_URL64}{{43}}"),
    Shape("twilio", "key", r"\bSK[0-9a-f]", rf"{_HEX}{{31}}\b"),
    Shape("twilio", "account", r"\bAC[0-9a-f]", rf"{_HEX}{{31}}\b"),
    Shape("typeform", "token", r"\btfp_", r"[A-Za-z0-9_.=-]{59}"),
    Shape("vault", "token", r"\bhv[sbr]\.", rf"{_URL64}{{24,300}}"),
    Shape("vault", "old token", r"\bs\.[A-Za-z0-9]{12}", r"[A-Za-z0-9]{12}\b", is_random),
    Shape("vercel", "token", r"\bvc[apkir]_", r"[A-Za-z0-9]{24,60}\b", is_random),
    Shape("wandb", "key", r"\bwandb_v1_", rf"{_URL64}{{60,100}}"),
    Shape("xai", "key", r"\bxai-", r"[A-Za-z0-9]{70,90}\b"),
    Shape("yandex", "token", r"\bt1\.[A-Z0-9a-z_-]{4,}", r"[A-Z0-9a-z_-]+={0,2}\.[A-Z0-9a-z_-]{86}={0,2}"),
    Shape("yandex", "key", r"\b(?:AQVN|YCAJE|YCM|YCP)", rf"{_URL64}{{30,42}}", is_random),
    Shape("zapier", "webhook", r"hooks\.zapier\.com/hooks/catch/", r"\d{4,12}/[A-Za-z0-9]{6,20}"),
    Shape("openai", "key", r"\bsk-", r"(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}", is_mixed),
)


class Service(NamedTuple):
    """A service whose keys have no form of their own: its name beside the value is what tells."""

    family: str
    names: str
    """RE2's, in any case."""
    value: str
    """What the value must be, all of it."""


_H32, _H40, _H64 = f"{_HEX}{{32}}", f"{_HEX}{{40}}", f"{_HEX}{{64}}"

SERVICES: tuple[Service, ...] = (
    Service("adafruit", "adafruit", r"[A-Za-z0-9_-]{32}"),
    Service("adobe", "adobe", _H32),
    Service("airtable", "airtable", r"(?:key)?[A-Za-z0-9]{14,17}"),
    Service("algolia", "algolia", r"[A-Za-z0-9]{32}"),
    Service("alibaba", "alibaba|aliyun", r"[A-Za-z0-9]{30}"),
    Service("asana", "asana", r"\d{16}|[A-Za-z0-9]{32}"),
    Service("atlassian", "atlassian|confluence|jira", r"[A-Za-z0-9]{20,24}"),
    Service("aws", r"aws|amazon|secret.?access.?key", r"[A-Za-z0-9/+]{40}"),
    Service("azure", r"azure|ocp-apim-subscription", rf"{_HEX}{{32}}|[A-Za-z0-9]{{84}}|[A-Za-z0-9+/]{{86}}=="),
    Service("bitbucket", "bitbucket", r"[A-Za-z0-9]{32}|[A-Za-z0-9=_-]{64}"),
    Service("bittrex", "bittrex", r"[A-Za-z0-9]{32}"),
    Service("cisco_meraki", "meraki", _H40),
    Service("cloudant", "cloudant", rf"{_H64}|[a-z]{{24}}"),
    Service("cloudflare", "cloudflare|cf_api", rf"{_HEX}{{37}}|[A-Za-z0-9_-]{{40}}"),
    Service("codecov", "codecov", rf"[A-Za-z0-9]{{32}}|{_UUID}"),
    Service("cohere", "cohere|co_api", r"[A-Za-z0-9]{40}"),
    Service("coinbase", "coinbase", r"[A-Za-z0-9_-]{64}"),
    Service("confluent", "confluent", r"[A-Za-z0-9]{16}|[A-Za-z0-9/+]{64}"),
    Service("contentful", "contentful", r"[A-Za-z0-9=_-]{43}"),
    Service("datadog", r"datadog|dd.?(?:api|app)", rf"{_H32}|{_H40}"),
    Service("deepseek", "deepseek", rf"(?:sk-)?{_H32}"),
    Service("discord", "discord", rf"{_H64}|[A-Za-z0-9=_-]{{32}}"),
    Service("droneci", "drone", r"[A-Za-z0-9]{32}"),
    Service("dropbox", "dropbox", r"[A-Za-z0-9]{15}|[A-Za-z0-9]{11}AAAAAAAAAA[A-Za-z0-9_=-]{43}"),
    Service("elevenlabs", "elevenlabs|xi-api", rf"(?:sk_)?{_HEX}{{32,48}}"),
    Service("etsy", "etsy", r"[A-Za-z0-9]{24}"),
    Service("facebook", "facebook|fb", _H32),
    Service("fastly", "fastly", r"[A-Za-z0-9=_-]{32}"),
    Service("finicity", "finicity", rf"{_H32}|[A-Za-z0-9]{{20}}"),
    Service("finnhub", "finnhub", r"[A-Za-z0-9]{20}"),
    Service("flickr", "flickr", r"[A-Za-z0-9]{32}"),
    Service("freshbooks", "freshbooks", r"[A-Za-z0-9]{64}"),
    Service("gitter", "gitter", r"[A-Za-z0-9_-]{40}"),
    Service("gocardless", "gocardless", r"live_[A-Za-z0-9=_-]{40}"),
    Service("heroku", "heroku", _UUID),
    Service("hubspot", "hubspot|hapikey", rf"{_UUID}|pat-[a-z]{{2}}\d-{_UUID}"),
    Service("ibm", "ibm|watson|bluemix|softlayer|hmac", rf"[A-Za-z0-9_-]{{44}}|{_HEX}{{48}}|{_H64}"),
    Service("intercom", "intercom", r"[A-Za-z0-9=_-]{60}"),
    Service("artifactory", "jfrog|artifactory|bintray|xray", r"[A-Za-z0-9]{64}|[A-Za-z0-9]{73}"),
    Service("kraken", "kraken", r"[A-Za-z0-9/=_+-]{80,90}"),
    Service("kucoin", "kucoin", rf"{_HEX}{{24}}|{_UUID}"),
    Service("launchdarkly", "launchdarkly", rf"[A-Za-z0-9=_-]{{40}}|{_UUID}"),
    Service("linear", "linear", _H32),
    Service("linkedin", "linked.?in", r"[A-Za-z0-9]{14,16}"),
    Service("looker", "looker", r"[A-Za-z0-9]{20,24}"),
    Service("mailchimp", "mailchimp|mandrill", r"[A-Za-z0-9_-]{22}"),
    Service("mailgun", "mailgun", rf"{_H32}|{_HEX}{{50}}"),
    Service("mattermost", "mattermost", r"[A-Za-z0-9]{26}"),
    Service("maxmind", "maxmind|geoip", r"[A-Za-z0-9]{16}"),
    Service("messagebird", "message.?bird", rf"[A-Za-z0-9]{{25}}|{_UUID}"),
    Service("mistral", "mistral", r"[A-Za-z0-9]{32}"),
    Service("netlify", "netlify", r"[A-Za-z0-9=_-]{40,46}"),
    Service("newrelic", "new.?relic", r"[A-Za-z0-9]{40}|[A-Za-z0-9]{64}"),
    Service("nytimes", "nytimes|new.?york.?times", r"[A-Za-z0-9=_-]{32}"),
    Service("okta", "okta", r"00[A-Za-z0-9=_-]{40}"),
    Service("pagerduty", "pager.?duty", r"[A-Za-z0-9+_-]{20}|[A-Za-z0-9]{32}"),
    Service("plaid", "plaid", rf"{_HEX}{{24}}|{_HEX}{{30}}"),
    Service("privateai", "private[_-]?ai", "[0-9a-z]{32}"),
    Service("rapidapi", "rapidapi", r"[A-Za-z0-9_-]{50}"),
    Service("segment", "segment", r"[A-Za-z0-9_-]{40}|[A-Za-z0-9]{32}"),
    Service("sendbird", "sendbird", rf"{_H40}|{_UUID}"),
    Service("sentry", "sentry", _H64),
    Service("sidekiq", "contribsys|sidekiq", rf"{_HEX}{{8}}:{_HEX}{{8}}"),
    Service("snyk", "snyk", _UUID),
    Service("squarespace", "squarespace", _UUID),
    Service("sumologic", "sumo", r"su[A-Za-z0-9]{12}|[A-Za-z0-9]{64}"),
    Service("together", "together", _H64),
    Service("travisci", "travis", r"[A-Za-z0-9_-]{22}"),
    Service("trello", "trello", r"[A-Za-z0-9]{32}|[A-Za-z0-9]{64}"),
    Service("twilio", "twilio", _H32),
    Service("twitch", "twitch", r"[A-Za-z0-9]{30}"),
    Service(
        "twitter",
        "twitter",
        r"[A-Za-z0-9]{25}|A{20,22}[A-Za-z0-9%]{60,120}|[A-Za-z0-9]{45}|[A-Za-z0-9]{50}|\d{15,25}-[A-Za-z0-9]{20,40}",
    ),
    Service("wandb", "wandb", _H40),
    Service("zendesk", "zendesk", r"[A-Za-z0-9]{40}"),
)
