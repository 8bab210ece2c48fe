"""What can go wrong in crypto; every check raises one of these and none returns False."""


class CryptoError(Exception):
    """Base of all errors of this package."""


class CannotOpen(CryptoError):
    """No key given opens it, or it was altered or cut short."""


class BadFormat(CryptoError):
    """The bytes or the text are not in the format they should be in."""


class BadSignature(CryptoError):
    """A signature is missing or not made by the key it should be made by."""


class BadProof(CryptoError):
    """A Merkle proof does not lead to the root it should lead to."""
