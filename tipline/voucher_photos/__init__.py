"""Reading a voucher from a photo: in a limited process, and nothing of the photo is kept."""
