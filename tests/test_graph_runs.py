"""Whole runs whose steps are replayed: the same files as without, and the run says how it went."""

import json
from pathlib import Path

import command_line
import pytest
import short_runs
from cupy_device import DEVICE
from short_runs import after_step, files, run, spoil_d
from standin import standin

from minigan import checkpoint
from minigan.backend import Random
from minigan.bench import bench, measure
from minigan.bench.game import Job
from minigan.cuda import blas, graph
from minigan.cuda.graph import own_stream
from minigan.dense import Dense
from minigan.objectives import NON_SATURATING
from minigan.threads import use_threads
from minigan.training import train
from minigan.training.folder import RunError, read_config
from minigan.training.watch import NonFiniteError, Watch

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures

LENGTHS = {"steps": 30, "m": 8, "device": "cuda"}


def left(folder):
    """What a run leaves, but for the setting itself and the times of the film."""
    found = files(folder)
    config = json.loads(found.pop("config.json"))
    arrays, meta = checkpoint.load(Path(folder) / "checkpoint.npz")
    del config["graph"], meta["config"]["graph"], found["checkpoint.npz"], found["film.html"]
    return found, config, {name: array.tobytes() for name, array in arrays.items()}, meta


@pytest.mark.parametrize("draws", ["host", "device"])
@pytest.mark.parametrize("model", ["mlp-batchnorm", "goodfellow-2014"])
def test_a_run_leaves_the_same_files_with_the_graph_and_without(cuda, model, draws):
    for wanted in graph.CHOICES:
        ended = run(model, graph=wanted, out=wanted, draws=draws, **LENGTHS)
        says = str(ended).splitlines()[2]
        if wanted == "on":  # 1, 7, 14, 21 and 28 are log steps, two are run and one compared
            assert says == "CUDA graph: 22 of 30 steps were replayed."
        elif wanted == "off":
            assert says.startswith("To train it longer")
    assert left("on") == left("off") == left("auto")


def test_a_run_that_stops_goes_on_with_the_graph_or_without(double):
    run(graph="off", out="whole", **LENGTHS)
    run(graph="on", out="parts", **(LENGTHS | {"steps": 9}))
    train(steps=17, out="parts", resume=True, progress=False)
    assert read_config(Path("parts")).graph == "on"
    train(steps=30, out="parts", resume=True, graph="off", progress=False)
    assert left("whole") == left("parts")


def test_log_steps_are_run_and_the_steps_between_are_one_launch_each(kernels_double):
    spent = []
    for steps in (20, 27):  # a log step, at 21, and six others
        DEVICE.reset()
        run(graph="on", out=str(steps), **(LENGTHS | {"steps": steps, "sample_every": 99}),
            draws="device", checkpoint_every=99)  # fmt: skip
        spent.append(DEVICE.launches["graph"])
    assert spent[1] - spent[0] == 6


def test_not_a_number_in_a_replayed_step_stops_the_run_at_the_next_log_step(cuda, monkeypatch):
    after_step(monkeypatch, 15, spoil_d)
    with pytest.raises(NonFiniteError, match=r"step 20: .* the checkpoint of step 10 in"):
        run(graph="on", **LENGTHS | {"log_every": 20, "sample_every": 60})


def test_the_watch_measures_in_its_own_thread_on_a_gpu(tmp_path):
    """Another thread's stream would not wait for this one's: `Differs` of the stand-in."""
    with standin(), own_stream("cuda"), use_threads(2):
        net = Dense(2, 1, Random(0, "cuda"), bias=False)
        watch = Watch(net, net, NON_SATURATING, tmp_path)
        watch.begin(1, measuring=True)
        g = net.params["W"] + 1
        watch("G", {"a_fake": g * 2}, {"W": g})  # two arrays, one for each thread
        assert watch.row()["grad_norm_G"] > 0


def test_the_worse_player_is_trained_without(cuda):
    ended = run(rule="worse-player", graph="on", **LENGTHS)
    assert str(ended).splitlines()[2].startswith("no CUDA graph: a step cannot be recorded (")


def test_the_command_says_before_and_after_what_is_done(double, capsys):
    words = ("train", "mlp", "--data", "digits8x8", "--steps", "8", "--batch", "8")
    status, out, _ = command_line.run(
        *words, "--device", "cuda", "--graph", "on", "--tf32", "--out", "run", capsys=capsys
    )
    assert status == 0
    assert "after 3 steps one is recorded as a CUDA graph\n" in out
    assert ", products in TF32\n" in out
    assert "CUDA graph: 4 of 8 steps were replayed.\n" in out
    config = json.loads(Path("run/config.json").read_text())
    assert (config["graph"], config["tf32"]) == ("on", True)


def test_a_run_in_tf32_computes_so_and_the_next_one_does_not(double, monkeypatch):
    asked = []
    plain = blas.Cublas.product

    def product(self, a, b):
        asked.append(blas._tf32)
        return plain(self, a, b)

    monkeypatch.setattr(blas.Cublas, "product", product)
    for tf32 in (True, False):
        asked.clear()
        run(tf32=tf32, out=str(tf32), **LENGTHS | {"steps": 2})
        assert set(asked) == {tf32}


def test_on_the_cpu_there_is_neither(capsys):
    with pytest.raises(RunError, match="tf32 is for a GPU, and the run computes on the CPU"):
        run(tf32=True, device="cpu", steps=2)
    ended = run(graph="on", device="cpu", steps=4, m=8, progress=True)
    assert "no CUDA graph: there is none on the CPU\n" in capsys.readouterr().out
    assert "no CUDA graph: there is none on the CPU." in str(ended)
    assert "graph" not in str(run(device="cpu", steps=4, m=8, progress=True))


@pytest.mark.parametrize("settings", [{"graph": "always"}, {"tf32": 1}])
def test_other_settings_are_refused(settings):
    ((key, value),) = settings.items()
    with pytest.raises(RunError, match=f"{key} is {value!r}, expected"):
        run(**settings)


# --- minigan bench --------------------------------------------------------------------------------


@pytest.fixture
def timed(double, monkeypatch):
    """The bench, without what the stand-in does not have: facts about a GPU."""
    monkeypatch.setattr(measure, "waiting", lambda device: lambda: None)
    monkeypatch.setattr(measure, "peak_mb", lambda device: 1.0)
    monkeypatch.setattr(measure, "gemm_gflops", lambda device: 1.0)
    monkeypatch.setattr(measure, "describe", lambda device: {})


def test_bench_times_replayed_steps(timed):
    job = Job("mlp", (8, 8, 1), "cuda", "same", 4, 8, layers=False, graph=True)
    row = measure.step_row(job)
    assert (row["graph"], row["tf32"], row["steps"]) == (True, False, 8)
    assert DEVICE.launches["graph"] > 6


def test_bench_refuses_a_step_that_cannot_be_replayed(timed):
    job = Job("mlp", (8, 8, 1), "cuda", "worse-player", 4, 8, layers=False, graph=True)
    with pytest.raises(RuntimeError, match=r"no CUDA graph: a step cannot be recorded \("):
        measure.step_row(job)


def test_bench_on_the_cpu_or_by_layers_has_no_graph(double):
    for options, why in [
        ({"graph": True, "device": "cpu"}, "graph is for a GPU"),
        ({"tf32": True, "device": "cpu"}, "tf32 is for a GPU"),
        ({"graph": True, "device": "cuda", "layers": True}, "time it without --layers"),
    ]:
        with pytest.raises(ValueError, match=why):
            next(bench(["mlp"], **options))
