"""/protection/<id>/letter/<kind>: letters of a case, made from a logged reading and kept nowhere."""
