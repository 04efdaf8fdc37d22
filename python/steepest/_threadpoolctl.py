"""steepest among the libraries whose threads threadpoolctl counts and limits."""

from __future__ import annotations

from threadpoolctl import LibController, register


class SteepestController(LibController):
    """Limits the threads that all trainings and predictions of the process have together.

    `threadpool_limits(1)`, or `threadpool_limits(1, user_api="steepest")`, counts for all threads of Python.
    """

    user_api = "steepest"
    internal_api = "steepest"
    filename_prefixes = ("_core",)  # others are called so too: the symbols decide
    check_symbols = ("steepest_get_num_threads", "steepest_set_num_threads")

    def get_num_threads(self) -> int | None:
        found = self._get_symbol("steepest_get_num_threads")
        return None if found is None else int(found())

    def set_num_threads(self, num_threads: int) -> None:
        self._get_symbol("steepest_set_num_threads")(num_threads)

    def get_version(self) -> str:
        from steepest import __version__

        return __version__


register(SteepestController)
