"""Makes the images of docs/reports.md: two runs of a suite that stands for one, compared, as Chromium shows the page.

    python docs/screenshot.py [--keep FOLDER]

The cases, answers, costs and times are drawn with a fixed seed and stand for nobody's product.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.cases import Case, Trial
from harness.gates.compare import compared
from harness.gates.gate import Terms
from harness.reports.html import render
from harness.reports.page import comparison_section
from harness.runs.progress import Silent
from harness.runs.runfolder import TRIAL, JsonLines, RunFolder
from harness.session import Options, carry_out, start

IMAGES = Path(__file__).resolve().with_name("images")
CASES = 320

SUITE = """
name: support-copilot
target: {python: "nobody:answer"}
cases: [cases.jsonl]
graders: [{grader: contains}]
repeats: 4
gate: {margin: 0.05}
slices:
  - {by: language}
  - {by: topic}
"""

TOPICS = {
    "delivery": ("When does parcel {n} arrive?", "Your parcel {n} arrives on {day}, between 9 and 12."),
    "returns": ("How do I send order {n} back?", "You can send order {n} back within {day} days, free of charge."),
    "billing": ("Why was I charged twice for invoice {n}?", "Invoice {n} was charged once; the second line is a hold."),
    "account": ("Can I change the address of account {n}?", "Yes: open Settings, then Address, and confirm by mail."),
}
GOOD = {"delivery": "arrives on", "returns": "back within", "billing": "charged once", "account": "Settings"}
BAD = {
    "delivery": "Your parcel {n} arrives soon, most likely between 9 and 12.",
    "returns": "You can send order {n} in within {day} days, at your own expense.",
    "billing": "Invoice {n} was charged twice; the second line is a fee.",
    "account": "No: to change it, please call our support team on the telephone.",
}
EASE = {"delivery": 0.99, "returns": 0.96, "billing": 0.93, "account": 0.985}
LANGUAGES = {"en": 1.0, "de": 0.99, "fr": 0.97, "pl": 0.93}


def main() -> None:
    """Writes the images and says how large they are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", type=Path, help="leave the runs and the page in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)  # the page names the runs as they are named here
        asyncio.run(shoot(make(Path()).absolute().as_uri(), IMAGES))
    for image in sorted(IMAGES.glob("comparison*.png")):
        print(f"{image.name}: {image.stat().st_size:,} bytes")


def make(folder: Path) -> Path:
    """Two runs and the page that compares them."""
    suite = folder / "suite"
    suite.mkdir(parents=True, exist_ok=True)
    (suite / "suite.yaml").write_text(SUITE)
    (suite / "nobody.py").write_text("def answer(question):\n    raise NotImplementedError\n")
    rng = random.Random(11)
    with (suite / "cases.jsonl").open("w") as file:
        for n in range(CASES):
            topic = rng.choices(list(TOPICS), [4, 3, 2, 2])[0]
            language = rng.choices(list(LANGUAGES), [6, 3, 2, 1.5])[0]
            case = {
                "id": f"{topic}-{n:03}",
                "input": TOPICS[topic][0].format(n=4100 + n),
                "expected": GOOD[topic],
                "tags": [topic],
                "metadata": {"language": language, "topic": topic},
                "must_pass": n % 40 == 7,
            }
            file.write(json.dumps(case) + "\n")
    runs = [_run(suite, folder / "base", worse=False), _run(suite, folder / "now", worse=True)]
    [pair] = compared(*runs, Terms())
    page = folder / "page.html"
    page.write_text(render([comparison_section(pair)], "support-copilot: this change against main"), encoding="utf-8")
    return page


def _run(suite: Path, out: Path, *, worse: bool) -> Path:
    """A run whose answers are drawn here, in place of an application's."""
    shutil.rmtree(out, ignore_errors=True)
    [ready] = start([suite], Options(out=out))
    rng = random.Random(5 + worse)
    with JsonLines(ready.folder.path / RunFolder.TRIALS, TRIAL) as file:
        for case in ready.folder.cases():
            solid = random.Random(case.id).random()
            for repeat in range(4):
                file.write(_trial(case, repeat, rng, solid, worse=worse))
    carry_out(ready, Silent())
    return ready.folder.path


def _trial(case: Case, repeat: int, rng: random.Random, solid: float, *, worse: bool) -> Trial:
    topic, language, n = case.metadata["topic"], case.metadata["language"], 4100 + int(case.id[-3:])
    rate = EASE[topic] * LANGUAGES[language] if solid > 0.1 else 0.5
    if worse and topic == "billing":
        rate *= 0.3 if solid > 0.72 else 1.0
    if worse and solid < 0.03 and topic != "billing":
        rate = 1.0
    good = case.must_pass or rng.random() < rate
    day = rng.choice(["Monday", "Tuesday", "Friday"]) if topic == "delivery" else rng.choice(["14", "30"])
    text = (TOPICS[topic][1] if good else BAD[topic]).format(n=n, day=day)
    seconds = rng.lognormvariate(-0.15 if worse else 0.1, 0.45) * (1.3 if topic == "billing" else 1.0)
    cost = rng.uniform(0.8, 1.2) * (0.0021 if worse else 0.0026) * (1.35 if topic == "billing" else 1.0)
    return Trial(case=case.id, repeat=repeat, status="ok", output=text, seconds=seconds, cost=cost)


async def shoot(page: str, into: Path) -> None:
    """The page as Chromium shows it: its head, then the list with the first changed case open, in the dark."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
        tab = await browser.new_page(viewport={"width": 1240, "height": 1185}, color_scheme="light")
        await tab.goto(page)
        await tab.screenshot(path=into / "comparison.png")
        await tab.emulate_media(color_scheme="dark")
        await tab.locator(".list summary").nth(1).click()
        await tab.set_viewport_size({"width": 1240, "height": 660})
        await tab.locator(".cases h2").evaluate(
            "(title) => scrollTo(0, title.getBoundingClientRect().top + scrollY - 90)"
        )
        await tab.mouse.move(0, 0)
        await tab.screenshot(path=into / "comparison-cases.png")
        await browser.close()


if __name__ == "__main__":
    main()
