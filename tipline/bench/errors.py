"""Why a measurement cannot be made, or one operation in it failed."""


class BenchError(Exception):
    """No measurement is possible; the sentence says why and what to do."""


class OperationFailed(Exception):
    """One operation did not end as it must; it is counted, and the run goes on."""
