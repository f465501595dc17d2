"""What an officer can do with a request by a short form: each deed has its words, its fields, and one call into a stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, IntegerField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from pipeline.domain.errors import InfogovError, NotFoundError
from pipeline.domain.request import OPEN, Outcome, Regime
from pipeline.web.context import VIA, case_of, product, viewer
from pipeline.web.numbers import typed_number
from pipeline.web.presenting import OUTCOMES, REGIMES
from pipeline.web.uploads import uploaded
from pipeline.web.words import on_screen, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from werkzeug.wrappers import Response

    from pipeline.store.records import Case

pages = Blueprint("deeds", __name__)


def _reason(label: str = "Reason", *, needed: bool = True) -> TextAreaField:
    first = InputRequired("Give a reason") if needed else Optional()
    return TextAreaField(label, [first, Length(max=2000)])


class ReasonForm(FlaskForm):
    """A reason that has to be given."""

    reason = _reason()


class RemarkForm(FlaskForm):
    """A reason that may be given."""

    reason = _reason(needed=False)


class ReceiptForm(FlaskForm):
    """The true day of receipt."""

    day = DateField("Day of receipt", [InputRequired("Give the day of receipt")])
    reason = _reason()


class LawForm(FlaskForm):
    """Another law."""

    regime = SelectField("Law", choices=dict(REGIMES))
    reason = _reason()


class TopicForm(FlaskForm):
    """A topic in a few words."""

    topic = StringField("Topic", [InputRequired("Say in a few words what it is about"), Length(max=300)])


class RequesterForm(FlaskForm):
    """Where the answer goes."""

    email = EmailField("E-mail address", [InputRequired("Give the address that the answer goes to"), Length(max=254)])
    name = StringField("Name", [Optional(), Length(max=200)])
    reason = _reason()


class OwnerForm(FlaskForm):
    """Who has the request."""

    to = SelectField("Officer", validate_choice=False, choices={})
    reason = _reason("Remark", needed=False)


class TeamForm(FlaskForm):
    """The team that alone sees a request."""

    team = StringField("Team", [InputRequired("Name the team"), Length(max=100)])
    reason = _reason()


class OtherForm(FlaskForm):
    """Another request, and why."""

    other = StringField("The other request's reference", [InputRequired("Give the reference"), Length(max=40)])
    reason = _reason(needed=False)


class AlreadySentForm(FlaskForm):
    """An answer that went another way."""

    on = DateField("Day it was sent", [InputRequired("Give the day")])
    how = StringField("How", [InputRequired("Say how, such as: by post"), Length(max=200)])
    outcome = SelectField("What the requester got", choices=dict(OUTCOMES))
    note = TextAreaField("Remark", [Length(max=2000)])
    files = MultipleFileField("The letter, if there is a file")


class AttachForm(FlaskForm):
    """A message, by its number."""

    message = IntegerField("Number of the mail", [InputRequired("Give the number of the mail")])
    side = SelectField("Side", choices={"requester": "The requester's", "internal": "Internal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing to do: its address *name*, what the link says, words above the form, the form, and what is done with it.

    *states* are the workflows in which it is offered; the stage decides whether it is allowed.
    """

    name: str
    label: str
    words: str
    form: type[FlaskForm]
    act: Callable[[str, str, FlaskForm], object]
    group: str
    states: tuple[str, ...] = ()
    offered: Callable[[Case], bool] = lambda _: True
    start: Callable[[Case], dict[str, object]] = lambda _: {}

    def fits(self, case: Case) -> bool:
        """Whether the request's page offers this."""
        return (not self.states or case.workflow in self.states) and self.offered(case)


_ALL: tuple[Deed, ...] = (
    Deed(
        name="assign", label="Give it to an officer", group="Who has it", form=OwnerForm,
        words="The officer you choose has the request from now on.",
        act=lambda ref, who, form: product().casefile(VIA).assign(ref, form.to.data, who, reason=form.reason.data or ""),
    ),
    Deed(
        name="hand-back", label="Give it back", group="Who has it", form=RemarkForm,
        words="Nobody has the request then, until somebody takes it.", offered=lambda case: case.owner is not None,
        act=lambda ref, who, form: product().casefile(VIA).hand_back(ref, who, reason=form.reason.data or ""),
    ),
    Deed(
        name="topic", label="Change the topic", group="Facts", form=TopicForm,
        words="The topic stands in lists and in letters.", start=lambda case: {"topic": case.topic},
        act=lambda ref, who, form: product().casefile(VIA).set_topic(ref, form.topic.data, who),
    ),
    Deed(
        name="requester", label="Correct the requester", group="Facts", form=RequesterForm,
        words="Letters go to this address from now on. A letter that was approved for the old address has to be approved again.",
        start=lambda case: {"email": case.requester_email, "name": case.requester_name},
        act=lambda ref, who, form: product()
        .casework(VIA)
        .correct_requester(ref, who, form.email.data, form.reason.data, form.name.data or ""),
    ),
    Deed(
        name="receipt", label="Correct the date of receipt", group="Facts", form=ReceiptForm,
        words="All dates are reckoned anew from this day.", start=lambda case: {"day": case.received_on},
        act=lambda ref, who, form: product().casefile(VIA).correct_receipt(ref, form.day.data, who, form.reason.data),
    ),
    Deed(
        name="law", label="Change the law", group="Facts", form=LawForm,
        words="The day of receipt stays. The draft is kept, under the new law's wording.",
        start=lambda case: {"regime": case.regime},
        act=lambda ref, who, form: product().casefile(VIA).set_law(ref, Regime(form.regime.data), who, form.reason.data),
    ),
    Deed(
        name="restrict", label="Let one team only see it", group="Facts", form=TeamForm,
        words="Only this team and administrators open the request then.", offered=lambda case: case.team is None,
        act=lambda ref, who, form: product().casefile(VIA).restrict(ref, form.team.data, who, form.reason.data),
    ),
    Deed(
        name="unrestrict", label="Let everybody see it again", group="Facts", form=ReasonForm,
        words="Every officer can open the request then.", offered=lambda case: case.team is not None,
        act=lambda ref, who, form: product().casefile(VIA).unrestrict(ref, who, form.reason.data),
    ),
    Deed(
        name="hold", label="Set a legal hold", group="Facts", form=ReasonForm,
        words="Nothing of the request is erased while the hold stands.", offered=lambda case: case.legal_hold is None,
        act=lambda ref, who, form: product().casefile(VIA).hold(ref, who, form.reason.data),
    ),
    Deed(
        name="lift-hold", label="Lift the legal hold", group="Facts", form=ReasonForm,
        words="The request is erased when its time comes.", offered=lambda case: case.legal_hold is not None,
        act=lambda ref, who, form: product().casefile(VIA).lift(ref, who, form.reason.data),
    ),
    Deed(
        name="unmark", label="Take the mark off", group="Facts", form=ReasonForm,
        words="Say what came of the look. The request is no longer listed among those marked for one.",
        offered=lambda case: case.flagged,
        act=lambda ref, who, form: product().casefile(VIA).take_mark_off(ref, who, form.reason.data),
    ),
    Deed(
        name="merge", label="Merge into another request", group="Several requests", form=OtherForm,
        words="Questions, mail and notes go to the other request, and this one is closed. Requests of two people need a reason.",
        act=lambda ref, who, form: product()
        .casefile(VIA)
        .merge(ref, form.other.data, who, reason=form.reason.data or ""),
    ),
    Deed(
        name="link", label="Link to another request", group="Several requests", form=OtherForm,
        words="Each of the two shows the other. Say why.",
        act=lambda ref, who, form: product().casefile(VIA).link(ref, form.other.data, who, form.reason.data or ""),
    ),
    Deed(
        name="unlink", label="Take a link back", group="Several requests", form=OtherForm,
        words="The two no longer show each other.",
        act=lambda ref, who, form: product()
        .casefile(VIA)
        .unlink(ref, form.other.data, who, reason=form.reason.data or ""),
    ),
    Deed(
        name="attach", label="Put a mail with it", group="Several requests", form=AttachForm,
        words="The number of a mail stands in its address and heading.",
        act=lambda ref, who, form: product().casefile(VIA).attach(ref, form.message.data, who, form.side.data),
    ),
    Deed(
        name="already-sent", label="A response was already sent", group="End", form=AlreadySentForm, states=OPEN,
        words="For an answer that went another way, such as by post. No mail leaves; the clock stops on that day.",
        act=lambda ref, who, form: product()
        .casefile(VIA)
        .response_already_sent(
            ref, form.on.data, form.how.data, Outcome(form.outcome.data), who,
            note=form.note.data or "", files=uploaded(form.files.data),
        ),
    ),
    Deed(
        name="withdraw", label="The requester has withdrawn it", group="End", form=RemarkForm, states=OPEN,
        words="What was waiting to be sent is taken back, and the clock stops.",
        act=lambda ref, who, form: product().casework(VIA).withdraw(ref, who, form.reason.data or ""),
    ),
    Deed(
        name="lapse", label="It has lapsed", group="End", form=RemarkForm, states=OPEN,
        words="For a request whose requester did not clarify it or did not pay. Before the time for that is over, give a reason.",
        act=lambda ref, who, form: product().casefile(VIA).lapse(ref, who, form.reason.data or ""),
    ),
    Deed(
        name="not-a-request", label="It is not a request", group="End", form=ReasonForm, states=OPEN,
        words="The clock stops; an acknowledgement that has not gone is cancelled. The mail is kept.",
        act=lambda ref, who, form: product().casefile(VIA).not_a_request(ref, who, form.reason.data),
    ),
    Deed(
        name="close", label="Close it", group="End", form=RemarkForm,
        words="A request that was not answered needs a reason.", offered=lambda case: case.workflow != "closed",
        act=lambda ref, who, form: product().casework(VIA).close(ref, who, form.reason.data or ""),
    ),
    Deed(
        name="reopen", label="Open it again", group="End", form=RemarkForm,
        words="Its next draft begins a new letter.", offered=lambda case: case.workflow not in OPEN,
        act=lambda ref, who, form: product().casework(VIA).reopen(ref, who, form.reason.data or ""),
    ),
)  # fmt: skip

DEEDS: dict[str, Deed] = {deed.name: deed for deed in _ALL}


@pages.get("/requests/<reference>/do/<name>")
def ask(reference: str, name: str) -> str:
    """The form of one deed."""
    deed, case = _deed(name), case_of(reference)
    # A line of the request's page may name the mail that it stands beside.
    named = typed_number(request.args.get("message", ""))
    form = deed.form(formdata=None, data=deed.start(case) | ({} if named is None else {"message": named}))
    return _page(deed, case, form)


@pages.post("/requests/<reference>/do/<name>")
def act(reference: str, name: str) -> str | tuple[str, int] | Response:
    """Do it, if the stage allows; what was typed stays in the form if not."""
    deed, case = _deed(name), case_of(reference)
    form = deed.form()
    if not form.validate():
        return _page(deed, case, form), 400
    try:
        said = deed.act(case.reference, viewer().email, form)
    except InfogovError as error:
        form.form_errors.append(told(error))
        return _page(deed, case, form), 409
    for one in _remarks(said):
        flash(one)
    flash(f"Done: {deed.label[0].lower()}{deed.label[1:]}.")
    return redirect(url_for("request.show", reference=case.reference), code=303)


def _page(deed: Deed, case: Case, form: FlaskForm) -> str:
    if isinstance(form, OwnerForm):
        with product().store.read() as work:
            form.to.choices = {
                one.email: one.name for one in work.officers.all() if not one.disabled and one.role != "read_only"
            }
        form.to.data = form.to.data or viewer().email
    return render_template("request/deed.html", deed=deed, case=case, form=form)


def _deed(name: str) -> Deed:
    if name not in DEEDS:
        raise NotFoundError("There is no such page")
    return DEEDS[name]


def _remarks(said: object) -> Iterable[str]:
    return [on_screen(str(one)) for one in said] if isinstance(said, tuple) else []
