"""Runs on a GPU, and on the stand-in for one."""

import pytest
import short_runs
from short_runs import after_step, assert_same_files, run, spoil_d

from minigan.backend import Random, to_host
from minigan.training import load_generator
from minigan.training.watch import NonFiniteError

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures


@pytest.mark.parametrize("model", ["mlp-batchnorm", "goodfellow-2014", "gaussian-1d"])
def test_a_run_on_a_gpu_is_resumed_bit_for_bit_and_sampled_on_the_cpu(model, cuda):
    run(model, steps=24, out="straight", device="cuda")
    run(model, steps=15, out="halted", device="cuda")
    done = run(model, steps=24, out="halted", resume=True)
    assert_same_files("straight", "halted")
    saved = load_generator("halted", device="cpu")
    z = saved.model.noise(Random(7))(5)
    there = to_host(done.G(saved.model.noise(Random(7, "cuda"))(5)))
    assert saved.G(z) == pytest.approx(there, rel=1e-4, abs=1e-6 if cuda.double else 1e-5)


def test_on_a_gpu_nan_is_found_at_the_next_log_step(cuda, monkeypatch):
    after_step(monkeypatch, 15, spoil_d)
    with pytest.raises(NonFiniteError, match=r"step 20: .* the checkpoint of step 10 in"):
        run(steps=60, log_every=20, checkpoint_every=10, sample_every=60, device="cuda")
