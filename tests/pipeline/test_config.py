from pathlib import Path

import pytest
from fake_stages import Everything

from pipeline.config import ScoreConfig, load_score_config, load_yaml, resolved, stage_class
from pipeline.errors import ConfigError
from pipeline.paths import config_path
from pipeline.run import score_config
from pipeline.stages import STAGES


def load(folder: Path, text: str) -> ScoreConfig:
    path = folder / "score.yaml"
    path.write_text(text, encoding="utf-8")
    return load_score_config(path)


def test_shipped_config_spells_out_the_defaults() -> None:
    assert load_yaml(config_path("score.yaml")) == resolved(load_score_config(None))


def test_step_left_out_runs_its_first_implementation(tmp_path: Path) -> None:
    config = load(tmp_path, "batch_articles: 4\nstages: {read: {checkpoint: mine}, split: }\n")
    assert list(config.stages) == list(STAGES)
    assert config.stages["read"].options == {"checkpoint": "mine"}
    assert config.stages["split"].use == next(iter(STAGES["split"]))
    assert config.batch_articles == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("batch: 4", "batch: unknown key; choose from: stages, batch_articles, threads"),
        ("batch_articles: 0", "batch_articles: Input should be greater than or equal to 1, not 0"),
        ("batch_articles: many", "batch_articles: Input should be a valid integer.*, not 'many'"),
        ("stages: {reed: {}}", "^unknown stage 'reed'; choose from: clean, split, read"),
        ("stages: {read: model}", r"^stages\.read: holds 'model'; a mapping such as \{use: …\} is needed"),
        ("stages: [read]", r"^stages: Input should be a valid dictionary, not \['read'\]"),
        ("- stages", "holds a list; a mapping of keys is needed"),
        ("stages: {", "not valid YAML"),
        ("!!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_config_that_cannot_run_names_key_and_choices(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(tmp_path, text)


def test_absent_config_names_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml: cannot be read: No such file"):
        load_score_config(tmp_path / "absent.yaml")


def test_stage_of_ones_own_is_named_by_its_path() -> None:
    assert stage_class("clean", f"{Everything.__module__}:Everything") is Everything


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (
            "regex",
            r"stages\.clean\.use: unknown implementation 'regex'; choose from: rules, or name your own",
        ),
        ("no_such_module:Class", r"cannot import 'no_such_module:Class' \(No module named .*PYTHONPATH"),
        ("json:NoClass", "cannot import 'json:NoClass'"),
        (
            "json:JSONDecoder",
            "'json:JSONDecoder' is no stage: it has no consumes, produces, Options, setup, process",
        ),
    ],
)
def test_stage_that_is_none_is_refused(use: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        stage_class("clean", use)


def test_checkpoints_given_apart_go_into_their_stages(tmp_path: Path) -> None:
    path = tmp_path / "score.yaml"
    path.write_text("stages: {read: {checkpoint: other}}\nthreads: 2\n", encoding="utf-8")
    config = score_config(path, reader="mine", stance="ours")
    assert config.stages["read"].options["checkpoint"] == "mine"
    assert config.stages["stance"].options["checkpoint"] == "ours"
    assert config.threads == 2
