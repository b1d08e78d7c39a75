"""The doctor's verdicts on runs that were broken on purpose, and on healthy ones."""

from __future__ import annotations

from functools import cache

import doctor_runs
import pytest
from doctor_runs import HEALTHY, folder

from minigan.doctor import Diagnosis, Finding, diagnose
from minigan.models import MODELS
from minigan.training import train

removed = doctor_runs.removed


@cache
def looked_at(name: str) -> Diagnosis:
    run = folder(name)
    with pytest.MonkeyPatch.context() as patch:
        for model in doctor_runs.SIZES:
            doctor_runs.change(patch, model)
        return diagnose(run, device="cpu")


def finding(name: str, illness: str) -> Finding:
    found = {finding.name: finding for finding in looked_at(name).findings}
    return found[illness]


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_run_is_called_healthy(name: str) -> None:
    found = looked_at(name)
    assert found.verdict == "healthy", [f for f in found.findings if f.verdict != "healthy"]
    unknown = ["D overfits"] if name == "digits" else []  # digits8x8 has no test part
    assert found.named("cannot tell") == unknown


def test_a_D_that_always_wins_is_saturated() -> None:
    found = finding("mlp", "D saturated")
    assert found.verdict == "ill"
    assert found.numbers["D_real"] > 0.99
    assert found.numbers["D_fake"] < 0.01
    assert found.numbers["share_of_jsd"] > 0.98


def test_minimax_has_no_gradient_left_where_D_wins() -> None:
    found = finding("minimax", "G's gradient vanishing")
    assert found.verdict == "ill"
    assert found.numbers["strength"] < 1e-3
    # on the same noise the other objective still has one: the ratio of the slopes is eᵃ
    assert found.numbers["minimax_norm"] < 0.01 * found.numbers["non_saturating_norm"]
    assert "--objective non-saturating" in found.advice
    assert finding("mlp", "G's gradient vanishing").verdict == "healthy"  # non-saturating: it lives


def test_one_image_again_and_again_is_a_collapse() -> None:
    found = finding("mlp", "collapse")
    assert found.verdict == "ill"
    assert found.numbers["cells"] == pytest.approx(1, abs=0.01)
    assert found.numbers["cells_real"] > 9
    assert found.numbers["variance_ratio"] < 0.01
    assert found.numbers["variance_ratio_real"] == pytest.approx(1, abs=0.1)


def test_an_image_that_is_no_digit_is_far_from_the_data() -> None:
    assert finding("mlp", "far from the data").verdict == "ill"
    assert finding("digits", "far from the data").numbers["far_ratio"] < 1.6


def test_64_images_are_learned_by_heart_and_1000_are_not() -> None:
    few, many = (finding(name, "D overfits") for name in ("few", "many"))
    assert few.verdict == "ill"
    assert few.numbers["D_held_out"] < few.numbers["D_real"] - 0.1
    assert many.verdict == "healthy"
    assert many.numbers["share"] < 0.25


def test_a_bias_of_minus_100_kills_a_layer() -> None:
    found = finding("dead", "dead units")
    assert found.verdict == "ill"
    assert "most in D layer 1" not in found.measured  # that is the Dense: its ReLU is named
    assert "most in D layer 2, ReLU(): 100 of 100" in found.measured
    assert found.numbers["worst_share"] == 1


def test_running_averages_of_ten_thousand_steps_drift() -> None:
    found = finding("drifted", "BatchNorm drift")
    assert found.verdict == "ill"
    assert found.numbers["shift"] > 0.3
    healthy = finding("digits", "BatchNorm drift")
    assert healthy.verdict == "healthy"
    assert healthy.numbers["drift"] < 0.3
    assert finding("mlp", "BatchNorm drift").measured == "G has no BatchNorm"


def test_the_end_in_nan_is_remembered() -> None:
    found = finding("nan", "blown up")
    assert found.verdict == "ill"
    assert "step 251: G layer 0" in found.measured
    assert "the checkpoint of step 200" in found.measured
    assert looked_at("nan").step == 200


def test_a_run_that_goes_on_forgets_its_nan(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    doctor_runs.shutil.copytree(folder("nan"), tmp_path / "nan")
    doctor_runs.change(monkeypatch, "mlp")
    assert (tmp_path / "nan" / "failure.txt").is_file()
    train(out=tmp_path / "nan", resume=True, steps=210, progress=False)
    assert not (tmp_path / "nan" / "failure.txt").exists()


def test_sixty_steps_are_too_short_to_judge() -> None:
    found = looked_at("young")
    assert found.too_short
    assert set(found.named("cannot tell")) >= {"collapse", "D saturated", "D overfits"}
    assert all("before step 200" in f.meaning for f in found.findings if f.name == "collapse")


def test_the_same_run_gives_the_same_findings() -> None:
    assert diagnose(folder("gaussian 0"), device="cpu") == looked_at("gaussian 0")


def test_the_models_have_their_own_sizes_again() -> None:
    assert MODELS["mlp"].m == 128
