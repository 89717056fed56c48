"""Made-up credentials of every family, put together when they are asked for: no secret-looking literal stands here.

A recipe is text with `|` where it is cut in two, and `{letters:count}` for random ones of an alphabet.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string
import uuid

__all__ = ["SERVICES", "SHAPES", "made", "noise"]

_ALPHABETS = {
    "an": string.ascii_letters + string.digits,
    "low": string.ascii_lowercase + string.digits,
    "up": string.ascii_uppercase + string.digits,
    "b32": string.ascii_uppercase + "234567",
    "hex": "0123456789abcdef",
    "url": string.ascii_letters + string.digits + "-_",
    "b64": string.ascii_letters + string.digits + "+/",
    "n": string.digits,
    "pipe": "|",
    "age": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
_HOLE = re.compile(r"\{(\w+):(\d+)\}")


def noise(alphabet: str, count: int, seed: object = 1) -> str:
    """Random characters with a digit and a letter among them."""
    rng = random.Random(f"{alphabet} {count} {seed}")
    letters = _ALPHABETS[alphabet]
    drawn = rng.choices(letters, k=count)
    if count > 3 and alphabet != "n":
        drawn[1], drawn[2] = (
            rng.choice([c for c in letters if c.isdigit()]),
            rng.choice([c for c in letters if c.isalpha()]),
        )
    if drawn and drawn[0] in "-_":
        drawn[0] = "a"
    if drawn and drawn[-1] in "-_+/":
        drawn[-1] = "z"
    return "".join(drawn)


def made(recipe: str, seed: object = 1) -> str:
    """The credential that a recipe says."""
    if recipe == "JWT":
        parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": noise("n", 10, seed)}]
        coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
        return ".".join([*coded, noise("url", 43, seed)])
    if recipe == "DISCORD":
        return ".".join(
            [base64.b64encode(noise("n", 18, seed).encode()).decode(), noise("an", 6, seed), noise("url", 38, seed)]
        )
    filled = recipe.replace("|", "").replace(
        "{uuid}", str(uuid.UUID(int=random.Random(str(seed)).getrandbits(128), version=4))
    )
    for place, hole in enumerate(_HOLE.findall(filled)):
        filled = filled.replace(f"{{{hole[0]}:{hole[1]}}}", noise(hole[0], int(hole[1]), f"{seed} {place}"), 1)
    return filled


SHAPES = {
    "1password: service token": "op|s_ey|J{an:160}",
    "1password: secret key": "A|3-{up:6}-{up:11}-{up:5}-{up:5}-{up:5}",
    "adobe: client secret": "p8|e-{an:32}",
    "age: secret key": "AGE-SEC|RET-KEY-1{age:58}",
    "aiven: service password": "AV|NS_{url:19}",
    "airtable: personal token": "pa|t{an:14}.{hex:64}",
    "alibaba: access key": "LT|AI{an:20}",
    "anthropic: key": "sk-|ant-api03-{url:93}AA",
    "artifactory: api key": "AK|Cp{an:69}",
    "artifactory: reference token": "cmVm|dGtu{an:56}",
    "atlassian: api token": "AT|ATT3{an:186}",
    "authress: service key": "sc|_{an:20}.{an:5}.acc_{an:16}.{an:40}",
    "aws: access key": "AK|IA{b32:16}",
    "aws: bedrock key": "AB|SK{b64:131}",
    "aws: mws key": "amzn|.mws.{uuid}",
    "azure: client secret": "{an:3}8|Q~{an:31}",
    "azure: storage key": "DefaultEndpointsProtocol=https;AccountName=x;Account|Key={b64:86}==",
    "azure: shared access": "https://x.example/c?sv=2022-11-02&si|g={an:43}%3D",
    "azure: devops token": "{an:52}JQQ|J99{up:1}{an:4}{up:4}{an:18}",
    "beamer: api key": "b|_{low:44}",
    "braintree: access token": "access_to|ken$production${low:16}${hex:32}",
    "brevo: api key": "xkey|sib-{hex:64}-{an:16}",
    "clickhouse: cloud secret": "4b|1d{an:38}",
    "clojars: deploy token": "CLO|JARS_{low:60}",
    "cloudflare: origin key": "v1|.0-{hex:24}-{hex:146}",
    "databricks: token": "da|pi{hex:32}",
    "defined_networking: token": "dn|key-{an:26}-{an:52}",
    "digitalocean: token": "do|p_v1_{hex:64}",
    "discord: bot token": "DISCORD",
    "discord: webhook": "https://discord.com/api/web|hooks/{n:18}/{url:68}",
    "docker: access token": "dckr|_pat_{url:27}",
    "doppler: token": "dp|.pt.{an:43}",
    "dropbox: short token": "s|l.{url:140}",
    "duffel: token": "duf|fel_test_{an:43}",
    "dynatrace: token": "dt|0c01.{up:24}.{up:64}",
    "easypost: key": "EZ|AK{an:54}",
    "facebook: access token": "EA|AC{an:60}",
    "facebook: app token": "{n:15}{pipe:1}{an:27}",
    "figma: token": "fi|gd_{url:40}",
    "firebase: messaging key": "AAAA{an:7}:|APA91b{url:134}",
    "fireworks: key": "f|w_{an:24}",
    "flutterwave: key": "FLW|SECK_TEST-{hex:32}-X",
    "flyio: token": "fo|1_{url:43}",
    "frameio: token": "fio|-u-{an:64}",
    "github: token": "gh|p_{an:36}",
    "github: fine-grained token": "git|hub_pat_{an:22}_{an:59}",
    "gitlab: token": "gl|pat-{url:20}",
    "gitlab: runner registration": "GR13|48941{url:20}",
    "gitlab: session": "Cookie: _gitlab|_session={hex:32}",
    "google: api key": "AI|za{url:35}",
    "google: oauth token": "ya|29.{url:60}",
    "google: oauth secret": "GOC|SPX-{url:28}",
    "google: refresh token": "1/|/0{url:60}",
    "grafana: cloud token": "gl|c_{an:60}",
    "grafana: service account": "gl|sa_{an:32}_{hex:8}",
    "grafana: api key": "eyJr|Ijoi{an:80}",
    "groq: key": "gs|k_{an:52}",
    "harness_io: token": "pa|t.{url:22}.{an:24}.{an:20}",
    "hashicorp: terraform token": "{an:14}.atlas|v1.{url:67}",
    "heroku: key": "HR|KU-AA{url:58}",
    "huggingface: token": "h|f_{an:34}",
    "huggingface: organisation token": "api|_org_{an:34}",
    "ibm: softlayer address": "api.soft|layer.com/soap/v3/{hex:64}",
    "infracost: key": "ic|o-{an:32}",
    "intra42: secret": "s-s4|t2ud-{hex:64}",
    "jwt: token": "JWT",
    "langsmith: key": "ls|v2_pt_{hex:32}_{hex:10}",
    "launchdarkly: key": "sd|k-{uuid}",
    "linear: key": "lin|_api_{an:40}",
    "lob: key": "liv|e_{hex:35}",
    "mailchimp: key": "{hex:32}-|us12",
    "mailgun: key": "ke|y-{hex:32}",
    "mailgun: signing key": "{hex:32}-|{hex:8}-{hex:8}",
    "mapbox: token": "sk|.eyJ{an:60}.{url:22}",
    "maxmind: licence key": "{an:6}_{an:29}_m|mk",
    "microsoft: teams webhook": "https://x.webhook.off|ice.com/webhookb2/{uuid}@{uuid}/IncomingWebhook/{hex:32}/{uuid}",
    "neon: key": "na|pi_{low:64}",
    "netlify: token": "nf|p_{an:36}",
    "newrelic: key": "NR|AK-{up:27}",
    "newrelic: browser key": "NR|JS-{hex:19}",
    "newrelic: licence": "{hex:32}FFFF|NRAL",
    "notion: token": "nt|n_{n:11}{an:35}",
    "notion: integration secret": "sec|ret_{an:43}",
    "npm: token": "np|m_{an:36}",
    "npm: registry login": "//registry.example/:_auth|Token={an:40}",
    "nvidia: key": "nv|api-{url:64}",
    "octopus: key": "AP|I-{up:25}",
    "okta: ssws token": "Authorization: SS|WS 00{url:40}",
    "openai: key": "sk|-proj-{an:20}T3Blbk|FJ{an:20}",
    "openrouter: key": "sk-|or-v1-{hex:64}",
    "openshift: token": "sha|256~{an:43}",
    "perplexity: key": "pp|lx-{an:48}",
    "pinecone: key": "pc|sk_{an:6}_{an:63}",
    "plaid: access token": "access-|sandbox-{uuid}",
    "planetscale: token": "psc|ale_tkn_{an:43}",
    "postman: key": "PM|AK-{hex:24}-{hex:34}",
    "posthog: key": "ph|x_{an:43}",
    "prefect: key": "pn|u_{an:36}",
    "pulumi: token": "pu|l-{hex:40}",
    "pypi: token": "py|pi-AgEIcHlwaS5vcmc{url:80}",
    "readme: key": "rd|me_{low:70}",
    "replicate: token": "r|8_{an:37}",
    "resend: key": "r|e_{an:8}_{an:24}",
    "rubygems: key": "ruby|gems_{hex:48}",
    "salesforce: token": "00D{an:12}|!{an:90}",
    "scalingo: token": "tk|-us-{url:48}",
    "sendgrid: key": "S|G.{url:22}.{url:43}",
    "sentry: organisation token": "sntr|ys_eyJ{an:80}",
    "sentry: user token": "sntr|yu_{hex:64}",
    "sentry: dsn": "https://{hex:32}@o123.ingest.sen|try.io/456",
    "settlemint: token": "sm|_pat_{an:16}",
    "shippo: token": "ship|po_live_{hex:40}",
    "shopify: token": "shp|at_{hex:32}",
    "sidekiq: url": "https://{hex:8}:{hex:8}@gems.contrib|sys.com/",
    "slack: token": "xo|xb-{n:12}-{n:12}-{an:24}",
    "slack: legacy token": "xo|xo-{n:1}{an:30}",
    "slack: app token": "xa|pp-1-{up:11}-{n:13}-{hex:64}",
    "slack: webhook": "https://hooks.sl|ack.com/services/T{up:8}/B{up:8}/{an:24}",
    "snyk: token": "sny|k_uat.{hex:8}.{an:70}",
    "sonar: token": "sq|p_{hex:40}",
    "sourcegraph: token": "sg|p_{hex:16}_{hex:40}",
    "square: token": "sq|0atp-{url:22}",
    "square: access token": "EA|AAE{url:59}",
    "stripe: key": "sk|_live_{an:24}",
    "stripe: webhook secret": "wh|sec_{an:32}",
    "supabase: personal token": "sb|p_{hex:40}",
    "supabase: secret key": "sb|_secret_{an:22}_{an:8}",
    "tailscale: key": "tsk|ey-auth-{an:12}CNTRL-{an:32}",
    "telegram: bot token": "{n:10}:|AA{url:33}",
    "together: key": "tgp|_v1_{url:43}",
    "twilio: key": "S|K{hex:32}",
    "twilio: account": "A|C{hex:32}",
    "typeform: token": "tf|p_{an:59}",
    "vault: token": "hv|s.{url:90}",
    "vault: old token": "s|.{an:24}",
    "vercel: token": "vc|p_{an:56}",
    "wandb: key": "wandb|_v1_{url:77}",
    "xai: key": "xa|i-{an:80}",
    "yandex: token": "t1|.9eu{url:60}.{url:86}",
    "yandex: key": "AQ|VN{url:35}",
    "zapier: webhook": "https://hooks.zap|ier.com/hooks/catch/{n:7}/{an:8}",
}
"""One of each form of the table."""

SERVICES = {
    "adafruit": ("adafruit", "{low:32}"),
    "adobe": ("adobe", "{hex:32}"),
    "airtable": ("airtable", "{low:17}"),
    "algolia": ("algolia", "{low:32}"),
    "alibaba": ("alibaba", "{low:30}"),
    "artifactory": ("jfrog", "{low:73}"),
    "asana": ("asana", "{low:32}"),
    "atlassian": ("jira", "{low:24}"),
    "aws": ("aws_secret_access", "{an:38}/Z"),
    "azure": ("azure", "{hex:32}"),
    "bitbucket": ("bitbucket", "{low:32}"),
    "bittrex": ("bittrex", "{low:32}"),
    "cisco_meraki": ("meraki", "{hex:40}"),
    "cloudant": ("cloudant", "{hex:64}"),
    "cloudflare": ("cloudflare", "{url:40}"),
    "codecov": ("codecov", "{low:32}"),
    "cohere": ("cohere", "{an:40}"),
    "coinbase": ("coinbase", "{low:64}"),
    "confluent": ("confluent", "{low:64}"),
    "contentful": ("contentful", "{url:43}"),
    "datadog": ("datadog", "{hex:40}"),
    "deepseek": ("deepseek", "{hex:32}"),
    "discord": ("discord", "{url:32}"),
    "droneci": ("drone", "{low:32}"),
    "dropbox": ("dropbox", "{low:15}"),
    "elevenlabs": ("elevenlabs", "{hex:32}"),
    "etsy": ("etsy", "{low:24}"),
    "facebook": ("facebook", "{hex:32}"),
    "fastly": ("fastly", "{url:32}"),
    "finicity": ("finicity", "{hex:32}"),
    "finnhub": ("finnhub", "{low:20}"),
    "flickr": ("flickr", "{low:32}"),
    "freshbooks": ("freshbooks", "{low:64}"),
    "gitter": ("gitter", "{url:40}"),
    "gocardless": ("gocardless", "live|_{url:40}"),
    "heroku": ("heroku", "{uuid}"),
    "hubspot": ("hubspot", "{uuid}"),
    "ibm": ("ibm_cloud_iam", "{url:44}"),
    "intercom": ("intercom", "{low:60}"),
    "kraken": ("kraken", "{b64:84}=="),
    "kucoin": ("kucoin", "{hex:24}"),
    "launchdarkly": ("launchdarkly", "{url:40}"),
    "linear": ("linear", "{hex:32}"),
    "linkedin": ("linkedin", "{low:16}"),
    "looker": ("looker", "{low:24}"),
    "mailchimp": ("mandrill", "{url:22}"),
    "mailgun": ("mailgun", "{hex:50}"),
    "mattermost": ("mattermost", "{low:26}"),
    "maxmind": ("maxmind", "{low:16}"),
    "messagebird": ("messagebird", "{low:25}"),
    "mistral": ("mistral", "{an:32}"),
    "netlify": ("netlify", "{url:43}"),
    "newrelic": ("newrelic", "{low:64}"),
    "nytimes": ("nytimes", "{url:32}"),
    "okta": ("okta", "00{url:40}"),
    "pagerduty": ("pagerduty", "{url:20}"),
    "plaid": ("plaid", "{hex:30}"),
    "privateai": ("private_ai", "{low:32}"),
    "rapidapi": ("rapidapi", "{url:50}"),
    "segment": ("segment", "{an:32}"),
    "sendbird": ("sendbird", "{hex:40}"),
    "sentry": ("sentry", "{hex:64}"),
    "sidekiq": ("bundle_enterprise__contribsys__com_auth", "{hex:8}:{hex:8}"),
    "snyk": ("snyk", "{uuid}"),
    "squarespace": ("squarespace", "{uuid}"),
    "sumologic": ("sumo", "{an:64}"),
    "together": ("together", "{hex:64}"),
    "travisci": ("travis", "{low:22}"),
    "trello": ("trello", "{an:32}"),
    "twilio": ("twilio", "{hex:32}"),
    "twitch": ("twitch", "{low:30}"),
    "twitter": ("twitter", "{low:45}"),
    "wandb": ("wandb", "{hex:40}"),
    "zendesk": ("zendesk", "{low:40}"),
}
"""Of each service a name that it goes by, and a key."""
