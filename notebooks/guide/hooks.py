"""What MkDocs is told beside mkdocs.yml: the repository's address, which has one place, and where its files lie."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def on_config(config):
    """Link the site to the repository, and let pages take in its files from whatever folder it is built."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # not as repo_url, for which each reader's browser would ask GitHub
    config.extra["social"] = [{"icon": "fontawesome/brands/git-alt", "link": project["urls"]["Repository"], "name": "Source"}]
    config.mdx_configs["pymdownx.snippets"]["base_path"] = [str(ROOT)]
    return config
