"""Bugs in random numbers drawn on the device. See mutants.py for the form."""

DRAWS = """
nine rounds of Philox
philox.py test_philox.py::test_the_published_vectors
-ROUNDS = 10
+ROUNDS = 9

Philox's halves of a product exchanged
philox.py test_philox.py::test_the_published_vectors
-        c0, c1, c2, c3 = hi1 ^ c1 ^ k0, lo1, hi0 ^ c3 ^ k1, lo0
+        c0, c1, c2, c3 = lo1 ^ c1 ^ k0, hi1, lo0 ^ c3 ^ k1, hi0

Philox's key stays the same in all rounds
philox.py test_philox.py::test_any_counter_and_key_as_by_hand
-        k0, k1 = (k0 + WEYL[0]) & WORD, (k1 + WEYL[1]) & WORD
+        k0, k1 = k0 & WORD, k1 & WORD

the key is moved on before the first round
philox.py test_philox.py::test_any_counter_and_key_as_by_hand
-        c0, c1, c2, c3 = hi1 ^ c1 ^ k0, lo1, hi0 ^ c3 ^ k1, lo0
-        k0, k1 = (k0 + WEYL[0]) & WORD, (k1 + WEYL[1]) & WORD
+        k0, k1 = (k0 + WEYL[0]) & WORD, (k1 + WEYL[1]) & WORD
+        c0, c1, c2, c3 = hi1 ^ c1 ^ k0, lo1, hi0 ^ c3 ^ k1, lo0

the high half of the counter is lost
philox.py test_philox.py::test_blocks_take_counters_and_keys_of_64_bits_low_half_first
-    return philox((counters & WORD, counters >> 32, zero, zero), (key & WORD, key >> 32))
+    return philox((counters & WORD, zero, zero, zero), (key & WORD, key >> 32))

the high half of the key is lost
philox.py test_draws.py::test_neighbouring_entries_blocks_counters_and_keys_are_uncorrelated
-    return philox((counters & WORD, counters >> 32, zero, zero), (key & WORD, key >> 32))
+    return philox((counters & WORD, counters >> 32, zero, zero), (key & WORD, 0))

the kernel's counter has 32 bits
cuda/philox.cu test_draws.py::test_the_kernel_gives_numpys_bits
-    unsigned int c0 = (unsigned int)counter, c1 = (unsigned int)(counter >> 32), c2 = 0, c3 = 0;
+    unsigned int c0 = (unsigned int)counter, c1 = 0, c2 = 0, c3 = 0;

the kernel's key stays the same in all rounds
cuda/philox.cu test_draws.py::test_the_kernel_gives_numpys_bits
-        k1 += 0xBB67AE85u;
+        k1 += 0;

the kernel of masks forgets the counter in memory
cuda/philox.cu test_draws.py::test_the_kernel_gives_numpys_bits
-                                integer below) {
-    THREAD(i, n)
-    const Words w = philox(counter + *more + i, key);
+                                integer below) {
+    THREAD(i, n)
+    const Words w = philox(counter + i, key);

the kernel of normal numbers adds 1 to a word of 32 bits
cuda/philox.cu test_draws.py::test_the_kernel_gives_numpys_bits
-    const double r = sqrt(-2.0 * log_of(double(k + 1) * unit));
+    const double r = sqrt(-2.0 * log_of(double(k) * unit));

the kernel's logarithm has a term less
cuda/philox.cu test_draws.py::test_the_kernel_gives_numpys_bits
-    for (int i = 21; i > 0; i -= 2) series = 1.0 / i + square * series;
+    for (int i = 19; i > 0; i -= 2) series = 1.0 / i + square * series;

the kernel turns a quarter the other way
cuda/philox.cu test_draws.py::test_the_kernel_gives_numpys_bits
-    const double c = q & 1 ? -sin_a : cos_a, s = q & 1 ? cos_a : sin_a;
+    const double c = q & 1 ? sin_a : cos_a, s = q & 1 ? -cos_a : sin_a;

the kernel's integers have their halves exchanged
cuda/philox.cu test_draws.py::test_the_kernel_gives_numpys_bits
-    y[i] = (unsigned long long)w.x0 << 32 | w.x1;
+    y[i] = (unsigned long long)w.x1 << 32 | w.x0;

a recorded kernel's counter is one further
cuda/philox.py test_draws.py::test_the_kernel_gives_numpys_bits
-    return np.uint64(key), np.uint64(0), counter
+    return np.uint64(key), np.uint64(1), counter

log with a term less
draws.py test_draws.py::test_log_is_right_to_1e_15_of_itself
-    for i in range(21, 0, -2):
+    for i in range(17, 0, -2):

log without the power of two that is moved
draws.py test_draws.py::test_log_is_right_to_1e_15_of_itself
-    m, e = xp.where(small, 2.0 * m, m), xp.where(small, e - 1, e)
+    m = xp.where(small, 2.0 * m, m)

a quarter turn the other way
draws.py test_draws.py::test_cos_and_sin_are_right_to_1e_15
-    cos, sin = xp.where(odd, -sin, cos), xp.where(odd, cos, sin)
+    cos, sin = xp.where(odd, sin, cos), xp.where(odd, -cos, sin)

half a turn forgotten
draws.py test_draws.py::test_cos_and_sin_are_right_to_1e_15
-    return xp.where(q >= 2, -cos, cos), xp.where(q >= 2, -sin, sin)
+    return xp.where(q >= 2, -cos, cos), sin

cos with a term less
draws.py test_draws.py::test_cos_and_sin_are_right_to_1e_15
-    for i in range(16, 0, -2):
+    for i in range(14, 0, -2):

normal numbers of variance 1/2
draws.py test_draws.py::test_normal_numbers_are_normal
-            r = array_module(k).sqrt(-2.0 * log((k + 1).astype("float64") * 2.0**-bits))
+            r = array_module(k).sqrt(-1.0 * log((k + 1).astype("float64") * 2.0**-bits))

both numbers of a pair are the cosine
draws.py test_draws.py::test_normal_is_box_muller_of_its_words
-            z += [r * part for part in on_the_circle(place, bits)]
+            z += [r * on_the_circle(place, bits)[0]] * 2

a mask of one half of each word, twice
draws.py test_draws.py::test_the_kernel_gives_numpys_bits
-        return [half < below for word in x for half in (word & 0xFFFF, word >> 16)]
+        return [half < below for word in x for half in (word >> 16, word >> 16)]

a uniform number of 32 bits, which can be 1
draws.py test_draws.py::test_uniform_is_24_or_53_bits_of_its_words
-            return [(w >> 8).astype(y.dtype) * 2.0**-24 * width + float(low) for w in x]
+            return [w.astype(y.dtype) * 2.0**-32 * width + float(low) for w in x]

each part of a large draw has the numbers of the first
draws.py test_draws.py::test_a_large_draw_is_made_in_parts
-            places = xp.arange(i, min(i + step, total), dtype="uint64") + counter
+            places = xp.arange(min(step, total - i), dtype="uint64") + counter

one core leaves out the parts of the others
draws.py test_draws.py::test_a_large_draw_is_made_in_parts
-    share(work, parts)
+    share(work, 1)

the counter stays where it is
streams.py test_device_draws.py::test_no_number_is_drawn_twice
-        counter, self._counter = self._counter, (self._counter + blocks) % 2**64
+        counter, self._counter = self._counter, self._counter % 2**64

the next draw begins a block too early
streams.py test_device_draws.py::test_a_draw_moves_the_counter_on_by_its_blocks
-        counter, self._counter = self._counter, (self._counter + blocks) % 2**64
+        counter, self._counter = self._counter, (self._counter + max(blocks - 1, 0)) % 2**64

a recorded draw has the counter of its recording for ever
streams.py test_device_draws.py::test_a_recorded_draw_finds_its_numbers_in_memory
-        draw(y, self._key, changing(lambda: self._moved_on(blocks), dtype="uint64"), *how)
+        draw(y, self._key, self._moved_on(blocks), *how)

recorded noise of the host is the same for ever
streams.py test_device_draws.py::test_a_recorded_draw_finds_its_numbers_in_memory
-            return values if std == 1.0 else values * std
-
-        return self._xp.asarray(changing(draw))
+            return values if std == 1.0 else values * std
+
+        return self._xp.asarray(draw())

all streams of a seed have one key
backend.py test_device_draws.py::test_no_number_is_drawn_twice
-        sequence = np.random.SeedSequence(self.seed, spawn_key=key)
+        sequence = np.random.SeedSequence(self.seed)

a child draws on the host
backend.py test_device_draws.py::test_draws_are_host_or_device
-        return Random(self.seed, self.device, self.dtype, f"{self.stream}/{name}", self.draws)
+        return Random(self.seed, self.device, self.dtype, f"{self.stream}/{name}")

[19] a state without the counter
streams.py test_device_draws.py::test_a_state_is_put_back_whole
-        self._key, self._counter = state["key"], state["counter"]
+        self._key = state["key"]

a state without the key
streams.py test_device_draws.py::test_a_state_is_put_back_whole
-        self._key, self._counter = state["key"], state["counter"]
+        self._counter = state["counter"]

the state of the other generator is taken
backend.py test_device_draws.py::test_the_state_of_the_other_generator_is_refused
-        if found != self._drawn.name:
+        if found is None:

a recorded step draws the same examples again
data/dataset.py test_device_draws.py::test_batches_of_a_recorded_step_go_through_the_passes
-        index = changing(lambda: self._next(int(m)), dtype="int64")
+        index = self._next(int(m))

a run forgets where its numbers are to be drawn
training/game.py test_device_draws_training.py::test_every_stream_of_a_game_draws_where_it_is_told
-        rng = Random(seed, device, draws=draws)
+        rng = Random(seed, device)
"""
