# SPDX-License-Identifier: EUPL-1.2
"""docs/how-to/add-a-noun.md, as somebody who follows it to the letter reads it."""
import re
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[1] / 'docs/how-to/add-a-noun.md').read_text()
NEW = re.findall(r'^\*\*`([^`]+)`\*\*\n\n```\w+\n(.*?)```$', PAGE, re.M | re.S)
ADDED = re.findall(r'^Add to \*\*`([^`]+)`\*\*(?:, below `([^`]+)`)?[^\n]*:\n\n```\w+\n(.*?)```$', PAGE, re.M | re.S)


def follow(tree, only=''):
    """Writes the files of the page below `tree`, and its lines into those that are there; those whose path begins with `only`."""
    for path, text in NEW:
        file = tree / path.replace('<next number>', '9999')
        if path.startswith(only):
            assert not file.exists(), path
            file.write_text(text)
    for path, below, text in ADDED:
        if path.startswith(only):
            whole = (tree / path).read_text()
            before, line, after = whole.partition(f'{below}\n') if below else (whole, '', '')
            assert line or not below, f'{path} has no {below}'
            (tree / path).write_text(before + line + text + after)
