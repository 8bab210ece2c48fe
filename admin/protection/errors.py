"""What can be wrong with a step on a protection case, or with opening one: one sentence an error."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from admin.errors import AdminError
from tipline.protection.fields import Problem


class CaseError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about, "" for the whole form."""

    status = 422
    field = ""


class FormNotTaken(CaseError):
    """Fields of a form are missing or cannot be taken; `problems` says which."""

    sentence = _l("The form was not kept. Put right what is marked; everything you wrote is still there.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = problems


class NoSuchForm(CaseError):
    """A form that no case has."""

    sentence = _l("There is no such form. Open the page again.")


class ForOfficersAlone(CaseError):
    """A form of officers' cases, sent in another group's case."""

    sentence = _l(
        "Only a case of an officer has this form: backing, referral of a false accusation, clearing of a "
        "name. It was not kept."
    )


class CaseHasEnded(CaseError):
    """Nothing more is filled in for a case that has ended."""

    status = 409
    sentence = _l("This case has ended, so the form was not kept. Open the case again first.")


class NotNow(CaseError):
    """The case stands where the form's move does not begin."""

    status = 409
    sentence = _l(
        "This form belongs to another step: the case does not stand there, or no longer. It was not kept."
    )


class FormNotStored(CaseError):
    """Logged, but the row could not be written."""

    status = 503
    sentence = _l("The form was logged but could not be stored. Send it again; the log will show both.")


class KeptNotMoved(CaseError):
    """The form is kept, only the case was not moved."""

    status = 409
    keeps_typed = False

    def __init__(self, why: LazyString | str) -> None:
        super().__init__()
        self.sentence = _l(
            "The form is kept with the case, but the case was not moved: %(why)s You need not write it "
            "again: go on with the kept form below.",
            why=why,
        )


class NoKeptForm(CaseError):
    """A note that is not the form which the move needs."""

    sentence = _l("There is no such form that could be gone on with. Open the page again.")


class NobodyElse(CaseError):
    """Whoever proposed does not approve, and there is nobody else at the desk."""

    status = 409
    sentence = _l(
        "You proposed this, so another member must take the step, and there is no other at this desk now. "
        "Ask the registrar for a deputy. Nothing was changed."
    )


class AnotherMember(CaseError):
    """Whoever proposed does not approve."""

    status = 409
    sentence = _l(
        "You proposed this, so another member of the desk must take the step: whoever writes a plan does not "
        "approve it, and whoever proposes to end a case does not end it. Nothing was changed."
    )


class CaseMoved(CaseError):
    """A lost race, or a state column that was changed by hand."""

    status = 409
    sentence = _l(
        "Somebody else moved this case after you opened the page. Its present state is shown below."
    )


class PlanChanged(CaseError):
    """Another plan waits for approval than the one that the page showed."""

    status = 409
    sentence = _l("The plan has changed since you read it. Read it again. Nothing was approved.")


class EndingChanged(CaseError):
    """Another proposal to end the case waits than the one that the page showed."""

    status = 409
    sentence = _l(
        "The proposal to end this case has changed since you read it. Read it again. The case was not ended."
    )


class CaseStepRefused(CaseError):
    """The keeper refused, for what the page did not show."""

    status = 409
    sentence = _l(
        "The keeper did not allow this step, and the refusal is in the log. How the case stands now is shown "
        "below."
    )


class MayStillObject(CaseError):
    """The days for an objection have not passed."""

    status = 409
    sentence = _l(
        "The person may still object. The case can end once ten days have passed since they were told. "
        "Nothing was changed."
    )


class TellFirst(CaseError):
    """The person has not heard of it yet."""

    status = 409
    sentence = _l("Tell the person first: write to them below. Then the case can end.")


class WrongDays(CaseError):
    """No number of days, or too many."""

    field = "case_watch"
    sentence = _l("Give a whole number of days, from 1 to 30.")


class WhyFewer(CaseError):
    """Fewer check-ins than before, or none, and no reason."""

    field = "reason"
    sentence = _l("Say why the person is to be heard less often, or no more. Nothing was changed.")


class NoPurpose(CaseError):
    """A reading needs one of the purposes."""

    sentence = _l("Choose what you read this case for.")


class NoSuchStep(CaseError):
    """A button that no page of ours has."""

    sentence = _l("There is no such step. Open the page again.")


class NotAsked(CaseError):
    """Whether the person agrees was left open."""

    field = "agrees"
    sentence = _l("Choose whether the person has agreed, or was not asked yet.")


class NoGroup(CaseError):
    """Whom the case is for was left open."""

    field = "group"
    sentence = _l("Choose whom the case is for.")


class NotOfThisGroup(CaseError):
    """Officers' harms in another group's case."""

    field = "harms"
    sentence = _l("Framing, waves of complaints and interference belong to cases of officers.")


class NothingToldOf(CaseError):
    """No kind of danger was ticked."""

    field = "harms"
    sentence = _l("Tick at least one kind of danger.")


class RelativeOfNobody(CaseError):
    """A case of another group cannot hang together with one."""

    field = "of"
    sentence = _l(
        "Only a relative's case hangs together with another. Choose the group, or leave this empty."
    )


class NoSuchCase(CaseError):
    """The other case is not one that this member may know of."""

    field = "of"
    sentence = _l("Choose a case from the list.")


class NobodyProtects(CaseError):
    """There is no protection desk, or nobody at it."""

    status = 409
    sentence = _l(
        "Nobody here protects people yet, so nothing was stored. Call 110 if there is danger, and ask the "
        "registrar to staff the protection desk."
    )
