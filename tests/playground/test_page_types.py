"""The page's JavaScript, whose types JSDoc comments give, is checked by TypeScript, where that can be had."""

import json
import shutil
import subprocess

import pytest

from neural_network.playground.server.page_files import PAGE

OPTIONS = {
    "checkJs": True, "allowJs": True, "noEmit": True, "strict": True, "target": "es2022", "module": "es2022",
    "moduleResolution": "bundler", "lib": ["es2023", "dom", "dom.iterable"],
}  # fmt: skip


def test_the_types_are_right(tmp_path):
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("needs Node: no npx on the PATH")
    settings = {"compilerOptions": OPTIONS, "include": [f"{PAGE}/js/**/*.js"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    compiler = [npx, "-y", "-p", "typescript", "tsc"]
    if subprocess.run([*compiler, "--version"], capture_output=True, cwd=tmp_path, check=False).returncode:
        pytest.skip("needs TypeScript, which npx could not fetch")
    result = subprocess.run([*compiler, "-p", "."], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert result.stdout == ""


def test_files_are_small_and_nothing_is_inline():
    for path in PAGE.rglob("*.*"):
        text = path.read_text()
        assert "innerHTML" not in text, path
        assert "http://" not in text.replace("http://www.w3.org", ""), path
        assert "https://" not in text, path
        assert "style=" not in text, path
        assert len(text.splitlines()) <= 420, path


def test_the_chart_is_short():
    assert len((PAGE / "js/widgets/chart.js").read_text().splitlines()) <= 150
