"""`minigan doctor`: what it prints, what it leaves alone, and runs that lack something."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import command_line
import doctor_runs
import numpy as np
import pytest
from command_line import run
from doctor_runs import folder
from short_runs import after_step, files

from minigan.activations import Tanh
from minigan.data import as_dataset, load
from minigan.dense import Dense
from minigan.doctor import diagnose
from minigan.doctor.report import as_text
from minigan.layer import Sequential
from minigan.models import MODELS
from minigan.reshape import Pack
from minigan.training import train

in_an_empty_folder, removed = command_line.in_an_empty_folder, doctor_runs.removed


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_runs.without_pictures(monkeypatch)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for model in doctor_runs.SIZES:
        doctor_runs.change(monkeypatch, model)


def shrunk(patch: pytest.MonkeyPatch, name: str) -> None:
    """Make a model the small version of itself."""
    plain = MODELS[name]

    def build(rng, shape, marginals, **sizes):
        own = {key: size for key, size in plain.small.items() if key != "classes"}
        return plain.build(rng, shape, marginals, **(sizes | own))

    patch.setitem(MODELS, name, replace(plain, build=build, z_dim=plain.small["z_dim"]))


def copied(name: str) -> Path:
    return shutil.copytree(folder(name), Path("run"))


def verdicts(found) -> dict[str, str]:
    return {finding.name: finding.verdict for finding in found.findings}


def test_the_first_line_is_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    name = str(folder("gaussian 0"))
    status, out, err = run("doctor", name, "--device", "cpu", capsys=capsys)
    assert (status, err) == (0, "")
    first, *rest = out.splitlines()
    assert first == (
        f"{name} (gaussian-1d on gaussian, step 1,000 of 1,000): healthy by 8 of 8 checks."
    )
    assert max(map(len, rest)) <= 100
    assert sum(line.startswith("    equation") for line in rest) == 8
    assert not [line for line in rest if line.startswith("    try")]


def test_an_ill_run_ends_well_for_the_shell(capsys: pytest.CaptureFixture[str], small) -> None:
    status, out, _ = run("doctor", str(folder("minimax")), "--device", "cpu", capsys=capsys)
    assert status == 0
    first = out.splitlines()[0]
    assert "step 400 of 400): ill: D saturated, G's gradient vanishing, far from" in first
    assert "    try       --objective non-saturating" in out
    assert out.index("D saturated: ILL") < out.index("BatchNorm drift: HEALTHY")


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str], small) -> None:
    status, out, err = run("doctor", str(folder("mlp")), "--json", "--device", "cpu", capsys=capsys)
    head, *findings = map(json.loads, out.splitlines())
    assert (status, err) == (0, "")
    assert (head["name"], head["verdict"], head["step"]) == ("run", "ill", 400)
    assert len(findings) == 8
    keys = {"name", "verdict", "meaning", "measured", "equation", "try", "numbers"}
    assert all(set(finding) == keys for finding in findings)
    collapse = next(finding for finding in findings if finding["name"] == "collapse")
    assert collapse["numbers"]["cells_real"] > 9


def test_json_has_no_NaN(capsys: pytest.CaptureFixture[str]) -> None:
    log = copied("gaussian 0") / "log.csv"
    rows = log.read_text().splitlines()
    rows[-30:] = [row.rpartition(",")[0] + ",inf" for row in rows[-30:]]
    log.write_text("\n".join(rows) + "\n")
    out = run("doctor", "run", "--json", "--device", "cpu", capsys=capsys)[1]

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    findings = [json.loads(line, parse_constant=refuse) for line in out.splitlines()]
    blown_up = next(finding for finding in findings if finding["name"] == "blown up")
    assert (blown_up["verdict"], blown_up["numbers"]["growth_G"]) == ("ill", None)


def test_nothing_in_the_folder_is_changed() -> None:
    run_folder = copied("gaussian 0")
    before, stats = files(run_folder), {p: p.stat().st_mtime_ns for p in run_folder.rglob("*")}
    diagnose(run_folder, device="cpu")
    assert files(run_folder) == before
    assert {p: p.stat().st_mtime_ns for p in run_folder.rglob("*")} == stats


def test_a_folder_that_cannot_be_written_to_can_be_looked_at() -> None:
    run_folder = copied("gaussian 0")
    run_folder.chmod(0o500)
    try:
        assert diagnose(run_folder, device="cpu").verdict == "healthy"
    finally:
        run_folder.chmod(0o700)


def test_a_run_that_still_trains_is_looked_at_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def look(session) -> None:
        with session.log.path.open("a") as file:  # a row that is being written
            file.write("250,-1.3")
            file.flush()
        seen.append(diagnose(session.folder, device="cpu"))
        session.log.write()

    after_step(monkeypatch, 250, look)
    settings = {"steps": 300, "checkpoint_every": 100, "progress": False, "device": "cpu"}
    train("gaussian-1d", out="looked", **settings)
    train("gaussian-1d", out="alone", **settings)
    assert (seen[0].step, seen[0].steps) == (200, 300)
    assert "cannot tell" not in verdicts(seen[0]).values()
    for name in ("log.csv", "checkpoint.npz"):
        assert Path("looked", name).read_bytes() == Path("alone", name).read_bytes()


def test_without_the_data_the_other_checks_go_on() -> None:
    numbers = np.random.default_rng(0).normal(4, 1, (2000, 1)).astype(np.float32)
    np.save("own.npy", numbers)
    train("gaussian-1d", "own.npy", out="run", steps=200, progress=False, device="cpu")
    there = verdicts(diagnose("run", device="cpu"))
    assert [name for name, verdict in there.items() if verdict == "cannot tell"] == ["D overfits"]
    Path("own.npy").unlink()
    found = diagnose("run", device="cpu")
    gone = verdicts(found)
    needy = {"D overfits", "collapse", "far from the data"}
    assert {name for name, verdict in gone.items() if verdict == "cannot tell"} == needy
    reasons = [finding.meaning for finding in found.findings if finding.name in needy]
    assert all("the data are not there: " in reason for reason in reasons)
    assert all("own.npy" in reason for reason in reasons)
    assert "D was not looked at" in "\n".join(as_text(found)).replace("\n" + " " * 14, " ")


def test_changed_data_are_not_taken_for_the_runs() -> None:
    numbers = np.random.default_rng(0).normal(4, 1, (2000, 1)).astype(np.float32)
    np.save("own.npy", numbers)
    train("gaussian-1d", "own.npy", out="run", steps=200, progress=False, device="cpu")
    np.save("own.npy", numbers + 1)
    found = diagnose("run", device="cpu")
    assert verdicts(found)["collapse"] == "cannot tell"
    assert "are not those that the run was started with" in "".join(as_text(found)).replace(
        " " * 14, " "
    )


def test_a_dataset_from_python_is_handed_over() -> None:
    numbers = np.random.default_rng(0).normal(4, 1, (2000, 1)).astype(np.float32)
    data = as_dataset(numbers, "mine")
    train("gaussian-1d", data, out="run", steps=200, progress=False, device="cpu")
    assert verdicts(diagnose("run", device="cpu"))["collapse"] == "cannot tell"
    found = verdicts(diagnose("run", data, device="cpu"))
    assert found["collapse"] != "cannot tell"
    assert found["D overfits"] == "cannot tell"


def test_few_data_are_not_compared_with_themselves() -> None:
    numbers = np.random.default_rng(0).normal(4, 1, (60, 1)).astype(np.float32)
    np.save("own.npy", numbers)
    train("gaussian-1d", "own.npy", out="run", m=16, steps=200, progress=False, device="cpu")
    found = {f.name: f.meaning for f in diagnose("run", device="cpu").findings}
    assert found["collapse"] == "the data are 60 examples, 64 are needed to compare with."


def test_on_a_gpu_the_findings_are_those_of_the_cpu(cuda) -> None:
    run_folder = folder("gaussian 0")
    there, here = (diagnose(run_folder, device=device) for device in ("cuda", "cpu"))
    assert verdicts(there) == verdicts(here)
    for a, b in zip(there.findings, here.findings, strict=True):
        assert a.numbers == pytest.approx(b.numbers, rel=1e-2, abs=1e-3), a.name


def test_several_players_and_smoothed_labels_are_looked_at(small) -> None:
    settings = {"generators": 2, "discriminators": 2, "smooth": 0.9, "m": 32, "steps": 200}
    train("mlp-batchnorm", "digits8x8", out="run", progress=False, device="cpu", **settings)
    found = diagnose("run", device="cpu")
    assert found.named("cannot tell") == ["D overfits"]
    drifted = next(f for f in found.findings if f.name == "BatchNorm drift")
    assert drifted.numbers["by_chance"] > 0


def test_a_D_of_packs_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = MODELS["gaussian-1d"]

    def build(rng, shape, marginals, **sizes):
        G, _ = plain.build(rng, shape, marginals, **sizes)
        return G, Sequential(Pack(4), Dense(4, 8, rng), Tanh(), Dense(8, 1, rng))

    monkeypatch.setitem(MODELS, "gaussian-1d", replace(plain, build=build))
    train("gaussian-1d", out="run", steps=200, progress=False, device="cpu")
    found = diagnose("run", device="cpu")
    assert found.named("cannot tell") == []
    measured = next(f.measured for f in found.findings if f.name == "D saturated")
    assert "batches of data and of samples are at least" in measured


def test_padded_images_are_looked_at_without_their_border(monkeypatch: pytest.MonkeyPatch) -> None:
    images = (np.arange(100 * 7 * 7) % 256).reshape(100, 7, 7).astype(np.uint8)
    np.save("own.npy", images)
    shrunk(monkeypatch, "dcgan-32")
    train("dcgan-32", "own.npy", out="run", m=16, steps=200, progress=False, device="cpu")
    found = verdicts(diagnose("run", device="cpu"))
    assert found.pop("D overfits") == "cannot tell"
    assert "cannot tell" not in found.values()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda run: shutil.rmtree(run), "run holds no run (no config.json); expected the folder"),
        (lambda run: (run / "config.json").write_text("{"), "config.json: damaged"),
        (lambda run: (run / "checkpoint.npz").unlink(), "checkpoint.npz: there is no checkpoint"),
        (lambda run: (run / "log.csv").write_text("step,V\n"), "its first line must name step, V,"),
        (lambda run: (run / "log.csv").write_bytes(b"\xff\xfe"), "its first line must name step"),
        (
            lambda run: (run / "log.csv").write_text((run / "log.csv").read_text() + "x,1\n"),
            "line 103 has 'x' for step, expected a number; mend or remove that line",
        ),
    ],
)
def test_a_bad_folder_is_one_line_and_status_2(
    spoil, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(copied("gaussian 0"))
    status, out, err = run("doctor", "run", "--device", "cpu", capsys=capsys)
    assert (status, out) == (2, "")
    assert err.startswith("minigan doctor: ")
    assert err.count("\n") == 1
    assert words in err


def test_a_lost_log_is_read_from_the_checkpoint() -> None:
    (copied("gaussian 0") / "log.csv").unlink()
    assert diagnose("run", device="cpu").verdict == "healthy"


def test_a_lost_test_part_is_said(monkeypatch: pytest.MonkeyPatch, small) -> None:
    found = next(f for f in diagnose(folder("mlp"), device="cpu").findings if "fits" in f.name)
    assert found.meaning.startswith("training has seen all there is: digits8x8 has no part 'test'")


def test_a_run_with_labels_is_looked_at(small, monkeypatch: pytest.MonkeyPatch) -> None:
    x = load("digits8x8")
    images = {"x_train": x.x[:1500] / 16.0, "x_test": x.x[1500:] / 16.0}
    labels = {"y_train": x.labels[:1500], "y_test": x.labels[1500:]}
    np.savez("own.npz", **images, **labels)
    shrunk(monkeypatch, "cgan")
    train("cgan", "own.npz", out="run", m=32, steps=200, progress=False, device="cpu")
    found = diagnose("run", device="cpu")
    assert found.named("cannot tell") == []
    collapse = next(f for f in found.findings if f.name == "collapse")
    assert "classes in use" in collapse.measured
    labels["y_test"] = labels["y_test"] % 9
    np.savez("own.npz", **images, **labels)
    overfits = next(f for f in diagnose("run", device="cpu").findings if f.name == "D overfits")
    assert overfits.meaning == "the test part has other labels than the training part"
