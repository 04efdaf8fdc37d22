# The commands people type. Needed: python3 with venv, make, and a C++20 compiler; everything else is installed into an
# environment of the checkout.
#
#   make demo        build, then watch a network learn handwritten digits
#   make test        build, then run the C++ and the Python tests
#   make lint        ruff, mypy, clang-format
#   make parity      compare with real Keras, live
#   make parity-random  N models drawn from SEED, on real Keras and on steepest
#   make fuzz        100,000 mutated files through every reader of files
#   make kills       200 kills of trainings, which are started again and must end with the same bits
#   make estimators  scikit-learn's own tests of its estimators, on those of steepest.sklearn
#   make bench       time every engine that is installed; make bench-setup installs them
#   make bench-kernels  how fast each kernel is, beside what a core can do; ONLY=forward for those of that name
#   make bench-profile  which part of a step takes which share of the time, case by case
#   make bench-estimators  steepest.sklearn beside scikit-learn: scores, times to fit, a sweep
#   make instructions  how many instructions small steps take, against the counts checked in (needs valgrind)
#   make sanitize    the C++ tests under the address, undefined-behaviour and thread sanitizers
#   make emulate     the C++ tests with AVX-512 computed by AVX2 (needs SIMDe: libsimde-dev)
#   make arm         the C++ tests for aarch64 under QEMU (needs qemu-user, g++-aarch64-linux-gnu)
#   make exhaustive  all 2^32 floats through every elementary function
#   make clean       remove what the above have made

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2
SOURCES := $(shell find cpp cmake python -type f -not -name '*.so' -not -path '*/__pycache__/*' -not -path '*/.*')

.PHONY: demo test test-cpp test-python lint estimators parity parity-random bench bench-setup bench-kernels bench-profile bench-estimators instructions fuzz kills sanitize emulate arm exhaustive clean

demo: $(VENV)/installed
	$(BIN)/python -m steepest

test: test-cpp test-python

test-cpp: $(VENV)/installed
	$(BIN)/cmake --preset dev -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja > build-dev.log || (cat build-dev.log; exit 1)
	$(BIN)/cmake --build --preset dev -j $(JOBS)
	build/dev/tests/cpp/steepest_tests

test-python: $(VENV)/installed
	$(BIN)/python -m pytest -n $(JOBS)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The wheel is built in isolation and installed like anyone's: the tests see what users get.
$(VENV)/installed: $(BIN)/python pyproject.toml CMakeLists.txt $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ".[plot,test]"
	touch $@

$(VENV)/linters: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "steepest[lint]"
	touch $@

lint: $(VENV)/linters
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run --Werror $$(find cpp tests/cpp -name '*.cpp' -o -name '*.hpp')

# L-BFGS's vectors are too short for threads: they would only wait for each other.
estimators: $(VENV)/installed
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest tests/estimators

$(VENV)-parity/installed: tests/parity/requirements.txt $(SOURCES)
	$(PYTHON) -m venv $(VENV)-parity
	$(VENV)-parity/bin/python -m pip install --quiet --disable-pip-version-check -r tests/parity/requirements.txt .
	touch $@

parity: $(VENV)-parity/installed
	PYTHONPATH=tests $(VENV)-parity/bin/python -m parity.live
	PYTHONPATH=tests KERAS_BACKEND=jax $(VENV)-parity/bin/python -m parity.file_matrix
	PYTHONPATH=tests KERAS_BACKEND=jax $(VENV)-parity/bin/python -m parity.live_exchange
	KERAS_BACKEND=jax $(VENV)-parity/bin/python tests/python/keras_surface/make_golden.py --check

fuzz kills: $(VENV)/installed
	cd tests && $(abspath $(BIN))/python -m $@

parity-random: $(VENV)-parity/installed
	PYTHONPATH=tests $(VENV)-parity/bin/python -m parity.random_models --count $(or $(N),500) --seed $(or $(SEED),0)

bench-setup:
	$(PYTHON) -m benchmarks.setup_engines

bench:
	$(PYTHON) -m benchmarks.setup_engines numpy steepest
	$(VENV)-bench-numpy/bin/python -m benchmarks.run --output README.md

instructions: $(VENV)/installed
	$(BIN)/python -m benchmarks.instructions

bench-kernels: $(VENV)/installed
	$(MAKE) build-release > build-release.log || (cat build-release.log; exit 1)
	build/release/benchmarks/kernels/steepest_kernels "$(ONLY)" $(ISA)

bench-profile: $(VENV)/installed
	$(BIN)/python -m benchmarks.profile

bench-estimators: $(VENV)/installed
	$(BIN)/python -m benchmarks.estimators

sanitize emulate arm: %: $(VENV)/installed
	$(MAKE) $(if $(filter sanitize,$@),preset-asan preset-tsan,preset-$(@:arm=arm64))

build-%:
	$(BIN)/cmake --preset $* -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja
	$(BIN)/cmake --build --preset $* -j $(JOBS)

preset-%: build-%
	$(if $(filter arm64,$*),qemu-aarch64 -L /usr/aarch64-linux-gnu) build/$*/tests/cpp/steepest_tests

exhaustive: test-cpp
	build/dev/tests/cpp/steepest_tests exhaustive

clean:
	rm -rf build dist .venv .venv-* build-*.log
