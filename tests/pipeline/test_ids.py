import re
import subprocess
import sys

from pipeline.ids import content_id


def test_sixteen_hex_digits_that_never_change():
    # A fixed value: stored runs refer to statements by it.
    assert content_id("a", "0", "5", "Hello") == "de63897e19c9b6e5"
    assert re.fullmatch(r"[0-9a-f]{16}", content_id())


def test_parts_do_not_run_into_one_another():
    ids = {
        content_id("ab", "c"),
        content_id("a", "bc"),
        content_id("abc"),
        content_id("abc", ""),
        content_id("a\0b", "c"),
    }
    assert len(ids) == 5


def test_order_and_case_matter():
    assert len({content_id("a", "b"), content_id("b", "a"), content_id("A", "b")}) == 3


def test_lone_surrogates_have_ids_of_their_own():
    assert len({content_id("\ud800"), content_id("\udfff"), content_id("\ufffd")}) == 3


def test_same_in_another_process_with_another_hash_seed():
    code = "from pipeline.ids import content_id; print(content_id('x', 'Ünïcode'))"
    out = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == content_id("x", "Ünïcode")
