"""The whole chain, tiny models in it, on texts that are hardly articles."""

import random
from pathlib import Path

import pytest

from pipeline.chain import Chain, build_chain
from pipeline.config import ScoreConfig
from pipeline.io.schema import TABLES
from pipeline.records import Article

_BYTES = random.Random(1).randbytes(3000)


@pytest.fixture(scope="module")
def chain(reader_folder: Path, coreference_folder: Path, stance_folder: Path) -> Chain:
    folders = {"read": reader_folder, "resolve": coreference_folder, "stance": stance_folder}
    stages = {step: {"checkpoint": str(folder)} for step, folder in folders.items()}
    built = build_chain(ScoreConfig.model_validate({"stages": stages}))
    built.setup()
    return built


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\u200b\r\n",
        "Word",
        "😀👩‍👩‍👧🇺🇦" * 20,
        "قال الوزير إن المحادثات فشلت. غادر الوفد المدينة. «لن ندفع»، قال. " * 10,
        "习近平说：“合作”。" * 50,
        "e\u0301\u0327\u0308" * 200,
        "Ã¢â\u201a¬â„¢ said XiÃ¢â‚¬ caf\x92 " * 20,
        "\x00Xi said\x00 no.\x07" * 30,
        "\ufffd" * 300,
        "a" * 5000,
        _BYTES.decode("utf-8", "replace"),
        _BYTES.decode("latin-1"),
        "said “ Xi : — " * 100,
    ],
)
def test_every_text_is_scored_or_gives_nothing(chain, text):
    (scored,) = chain.process([Article(id="a", text=text)])
    for statement in scored.statements:
        assert statement.text == text[statement.start : statement.end].strip() != ""
    for one in scored.attributions:
        assert all(span.start < span.end <= len(text) for span in (one.cue, *one.contents))
    for table in TABLES:
        assert all(list(row) == table.schema.names for row in table.dicts(scored, "m"))
