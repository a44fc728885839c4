# SPDX-License-Identifier: EUPL-1.2
"""Reads openapi/labels.yaml: what people read for the values of an enum, in Dutch and English. The contract serves it as `x-labels`; a property that
is a text for clients, because its enum may grow, names the enum in `x-labels-of`."""
import re

import yaml

from .wrong import Wrong

# what people choose from, or read of what somebody chose, has words
CHOSEN = re.compile(r'(Reason|Outcome|Refusal|End|EndPhase|AgreedBy|Topic|Blocks|Fault|State|Kind|Purpose|Scope|Channel|Duty)$')
OPERATORS = {'JobState', 'WorkState', 'LaneState', 'RuleEffectKind'}      # the queue, and programs


def read(folder, enums):
    """{enum: {value: {nl, en}}}; `enums`: {name: values} of the contract. Without the file nothing has labels."""
    file = folder / 'labels.yaml'
    if not file.exists():
        return {}
    found = yaml.safe_load(file.read_text())
    for name, labels in found.items():
        if list(labels) != list(enums.get(name, ())):
            raise Wrong(f'labels.yaml: {name}: its values are {", ".join(enums.get(name, ["none: there is no such enum"]))}, in this order')
        for value, words in labels.items():
            if not (isinstance(words, list) and len(words) == 2 and all(isinstance(word, str) and word for word in words)):
                raise Wrong(f'labels.yaml: {name}.{value} needs words in Dutch and in English')
    without = sorted(name for name in enums if CHOSEN.search(name) and name not in found and name not in OPERATORS)
    if without:
        raise Wrong(f'labels.yaml: no words for {", ".join(without)}')
    return {name: {value: {'nl': words[0], 'en': words[1]} for value, words in labels.items()} for name, labels in found.items()}
