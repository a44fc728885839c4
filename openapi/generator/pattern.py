# SPDX-License-Identifier: EUPL-1.2
"""Turns the small patterns of the contract into parts that match without going back: ^(set{min,max})*$."""
import re

from .wrong import Wrong

PART = re.compile(r'(\[(?:[^\]\\]|\\.)+\]|\\?[^\[\](){}*+?|])(\{(\d+)(?:,(\d+))?\}|\?)?')


def bits(text):
    """The set of characters of '[a-z0-9_]' or of one character, as a 128-bit number."""
    inner = text[1:-1] if text.startswith('[') else text
    mask, i = 0, 0
    while i < len(inner):
        if inner[i] == '\\':
            i += 1
        low = high = inner[i]
        if i + 2 < len(inner) and inner[i + 1] == '-':
            high, i = inner[i + 2], i + 2
        for code in range(ord(low), ord(high) + 1):
            mask |= 1 << code
        i += 1
    return mask


def parts_of(pattern):
    """[(low 64 bits, high 64 bits, min, max)]. Refuses what would need going back."""
    if not (pattern.startswith('^') and pattern.endswith('$')):
        raise Wrong(f'pattern {pattern}: must begin with ^ and end with $')
    inner, at, parts = pattern[1:-1], 0, []
    while at < len(inner):
        match = PART.match(inner, at)
        if not match:
            raise Wrong(f'pattern {pattern}: not supported at {inner[at:]}')
        least, most = 1, 1
        if match.group(2) == '?':
            least = 0
        elif match.group(3):
            least, most = int(match.group(3)), int(match.group(4) or match.group(3))
        mask = bits(match.group(1))
        if parts and parts[-1][2] != parts[-1][3] and (parts[-1][0] | parts[-1][1] << 64) & mask:
            raise Wrong(f'pattern {pattern}: neighbours overlap at {inner[at:]}')
        parts.append((mask & (1 << 64) - 1, mask >> 64, least, most))
        at = match.end()
    return parts
