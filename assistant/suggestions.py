"""Questions that the documents answer, to be asked next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from .evidence import Choice, Reader
from .names import Person

MOST = 3  # suggestions
TRIED = 8  # candidates that are checked at the most


class Suggestions:
    """Makes questions about whoever speaks or is named near some sentences."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def near(
        self, choices: Sequence[Choice], is_answered: Callable[[str], bool], asked: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Up to MOST questions about what stands around `choices` that `is_answered`; none of those `asked` already."""
        known = {question.casefold() for question in asked}
        found: list[str] = []
        for _, question in zip(range(TRIED), self._made(choices), strict=False):
            if question.casefold() not in known and is_answered(question):
                found.append(question)
            if len(found) == MOST:
                break
        return tuple(found)

    def _made(self, choices: Sequence[Choice]) -> Iterator[str]:
        """What those said who speak in the documents of `choices`, and who they are: the nearest first."""
        speakers, named = Counter[str](), dict[str, Person]()
        for place, choice in enumerate(choices):
            view = self._reader.view(choice.document.id)
            near = range(max(0, choice.number - 1), min(len(view.sentences), choice.number + 2))
            for number in near:
                for person in view.about[number]:
                    if person.certain and " " in person.name:
                        named.setdefault(person.name, person)
                        speakers[person.name] += (person.name in view.voices[number]) * (len(choices) - place)
        for name, times in speakers.most_common():
            if times:
                yield f"What did {name} say?"
            if named[name].role:
                yield f"Who is {name}?"
