# SPDX-License-Identifier: EUPL-1.2
"""read.py <answers> <read>: reads each answer into its class and writes what it read."""
import sys
from pathlib import Path

import maatwerk

sent, read = map(Path, sys.argv[1:])
for file in sent.glob('*/*.json'):
    made = getattr(maatwerk, file.stem).from_json(file.read_text())
    place = read / file.parent.name / file.name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(made.to_json())
