"""One module for each family of pages; each gives a Blueprint."""

from pipeline.web.pages import (
    about,
    approval,
    clock,
    counter,
    deeds,
    door,
    draft,
    figures,
    letters,
    mail,
    newmail,
    office,
    probes,
    questions,
    queue,
    request,
    work,
)

PAGES = tuple(
    family.pages
    for family in (
        door, probes, work, queue, request, deeds, questions, clock, draft, approval, newmail, mail, letters, counter, figures,
        office, about,
    )
)  # fmt: skip
