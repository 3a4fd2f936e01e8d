"""What fails is named at once, with its reason: a run that is ended from outside prints no summary.

A pytest plugin.
"""

from __future__ import annotations


class Failures:
    """Writes a line for each test that fails.

    Args:
        config: of the run.
    """

    def __init__(self, config):
        self._config = config

    def pytest_runtest_logreport(self, report):
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")  # processes of pytest-xdist have none
        if report.failed and terminal is not None:
            crash = getattr(report.longrepr, "reprcrash", None)
            reason = crash.message if crash else str(report.longrepr)
            terminal.write_line(f"\n{report.nodeid} failed in its {report.when}: {reason[:500]}", red=True)
