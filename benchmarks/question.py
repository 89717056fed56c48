"""The question that is asked over and over, its documents, and the answer that the loopback server gives."""

from __future__ import annotations

from guardrails.types import Document

__all__ = ["ANSWER", "DOCUMENTS", "QUESTION"]

QUESTION = "How long does a parcel stay in a locker, and what happens when I do not collect it in time?"

DOCUMENTS = (
    Document(
        id="storage",
        title="Storage times",
        text=(
            "A parcel stays in its locker for 72 hours. After 48 hours the resident gets a reminder by text "
            "message. When the 72 hours are over the compartment is opened by a courier, and the parcel goes "
            "to the depot. Storage may be extended once, by 24 hours, in the app or by telephone. The "
            "extension is free of charge. Perishable goods are the exception: they stay for 12 hours and are "
            "then disposed of."
        ),
    ),
    Document(
        id="depot",
        title="Collecting from the depot",
        text=(
            "The depot keeps a parcel for another 14 days. It opens on working days from 8:00 to 18:00 and on "
            "Saturdays from 9:00 to 13:00. Bring an identity card and the pickup code. A parcel that nobody "
            "collects within the 14 days is returned to its sender, who decides whether to send it again. The "
            "depot charges 2.50 euros for each parcel from the third day on. Somebody else may collect it "
            "with a written authorisation."
        ),
    ),
    Document(
        id="codes",
        title="Pickup codes",
        text=(
            "A pickup code has eight digits and is valid for as long as the parcel lies in the locker. It may "
            "be passed on to a neighbour. After five wrong codes the locker is blocked for ten minutes. A "
            "code that was lost is sent again from the app, at most three times a day. Codes are never given "
            "out by telephone."
        ),
    ),
)

ANSWER = (
    "A parcel stays in its locker for 72 hours [storage]. When the 72 hours are over, the parcel goes to the depot "
    "[storage]. The depot keeps a parcel for another 14 days, and then it is returned to its sender [depot]."
)
