"""What is hidden data in a PDF.

Source: ISO 32000-2 (the clause is named beside each group).
"""

DROPPED_KEYS = frozenset(
    {
        "/Metadata",  # 14.3.2, XMP of the document, of a page, a font, a picture
        "/PieceInfo",  # 14.5, what a program noted for itself
        "/LastModified",  # 14.5
        "/Thumb",  # 12.3.4
        "/JavaScript",  # 12.6.4.17, in the name tree
        "/EmbeddedFiles",  # 7.11.4
        "/EF",  # 7.11.3, the file itself
        "/AF",  # 7.11.4.2
        "/Collection",  # 7.11.6
        "/AA",  # 12.6.3, what happens by itself
        "/OpenAction",  # 7.7.2
        "/SpiderInfo",  # 14.10, where a page was taken from the web
        "/IDS",  # 14.10
        "/URLS",  # 14.10
        "/DSS",  # 12.8.4.3, certificates
        "/Perms",  # 12.8.6, signatures
        "/Legal",  # 12.8.7
        "/OutputIntents",  # 14.11.5, the device it was made for
        "/XFA",  # a form as XML, with a life of its own
        "/CreatorInfo",  # 8.11.4.4
        "/Requirements",  # 12.11
        "/Creator",  # 8.11.4.3, the program that made the layers
        "/OPI",  # 14.11.7, the file that a picture stands for
        "/Measure",  # 12.9, where on the earth a map or a plan lies
        "/PtData",  # 12.10, likewise
    }
)

MARKUP = frozenset(
    f"/{name}"
    for name in (
        *("Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline"),
        *("Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Redact", "Link", "Popup"),
        *("Watermark", "Projection"),
    )
)
"""Annotations that a person made (12.5.6.2)."""

MARKUP_KEYS = frozenset({"/T", "/M", "/CreationDate", "/NM", "/RC"})
"""Author, dates, a name for each, and the text a second time with its author's style."""

DROPPED_ANNOTATIONS = frozenset(
    f"/{name}"
    for name in ("FileAttachment", "Sound", "Movie", "Screen", "3D", "RichMedia", "PrinterMark", "TrapNet")
)
"""They hold another file, or play one (12.5.6.15 and following)."""

DROPPED_ACTIONS = frozenset(
    f"/{name}"
    for name in (
        *(
            "JavaScript",
            "Launch",
            "SubmitForm",
            "ImportData",
            "GoToR",
            "GoToE",
            "Rendition",
            "Movie",
            "Sound",
        ),
        *("RichMediaExecute", "GoTo3DView", "SetOCGState", "ResetForm", "Thread"),
    )
)
"""They run a script, or name a file on somebody's disk (12.6.4)."""

FILE_NAMES = frozenset({"/F", "/UF", "/DOS", "/Mac", "/Unix", "/Desc"})
"""Of a file specification (7.11.3)."""

STREAM_KEYS = frozenset({"/ID", "/F", "/FFilter", "/FDecodeParms"})
"""Of a stream: the page of the web that it came from (14.10.5), and a file that holds its bytes (7.3.8.2)."""

KEPT_IN_ROOT = frozenset(
    f"/{name}"
    for name in (
        *("Type", "Version", "Pages", "PageLabels", "Names", "Dests", "ViewerPreferences", "PageLayout"),
        *("PageMode", "Outlines", "AcroForm", "StructTreeRoot", "MarkInfo", "Lang", "OCProperties"),
    )
)
"""Of the catalogue (7.7.2)."""

KEPT_IN_NAMES = frozenset({"/Dests"})
"""Of the name trees (7.7.4): the places that links lead to."""

KEPT_IN_PAGES = frozenset(
    f"/{name}"
    for name in (
        *("Type", "Parent", "Kids", "Count", "Resources", "MediaBox", "CropBox", "BleedBox", "TrimBox"),
        *("ArtBox", "Rotate", "UserUnit", "Contents", "Group", "Annots", "StructParents", "Tabs"),
        *("Dur", "Trans"),
    )
)
"""Of a page, and of what holds pages together (7.7.3)."""

KEPT_IN_USAGE = frozenset({"/View", "/Print", "/Export", "/Zoom", "/PageElement"})
"""Of what is said of a layer (8.11.4.4): when it is seen, and not who made it or for whom."""
