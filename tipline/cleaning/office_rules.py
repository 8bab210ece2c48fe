"""What is hidden data in an Office file.

Names are compared without their namespace: the transitional and the strict form
differ in nothing else.

Sources: ECMA-376 parts 1 and 2; [MS-DOCX], [MS-XLSX] and [MS-PPTX] for what came later.
"""

DROPPED_RELATIONS = frozenset(
    {
        # What the file is said to be, in any form.
        *("core-properties", "extended-properties", "custom-properties", "metadata", "thumbnail"),
        *("classificationlabels", "customXml", "customXmlProps", "customProperty", "tags"),
        # People and what they did when.
        *("people", "commentsIds", "commentsExtensible", "revisionHeaders", "revisionLog", "usernames"),
        *("changesInfo", "revisionInfo", "documenttasks"),
        # Machines: printers, templates, add-ins, customised menus.
        *("printerSettings", "attachedTemplate", "mailMergeSource", "mailMergeHeaderSource", "recipientData"),
        *(
            "extensibility",
            "userCustomization",
            "keyMapCustomizations",
            "attachedToolbars",
            "webextensiontaskpanes",
        ),
        # Signatures name their signer, and a changed file breaks them.
        *("origin", "signature", "certificate"),
    }
)
"""Parts that are left out, by the last word of the relation that leads to them."""

UNCLEANABLE_RELATIONS = frozenset(
    {
        *("connections", "queryTable", "xmlMaps", "vbaProject", "aFChunk", "subDocument"),
        # Cells that hold more than a value, and nothing in the sheet names their parts.
        *("rdRichValue", "rdRichValueStructure", "rdRichValueTypes", "rdRichValueWebImage", "richValueRel"),
        *("rdArray", "rdSupportingPropertyBag", "rdSupportingPropertyBagStructure", "FeaturePropertyBag"),
        *("volatileDependencies", "singleXmlCells", "tableSingleCells"),
    }
)
"""Parts that can name people, machines and paths in ways of their own, and that cannot be left out."""

KEPT_RELATIONS = frozenset(
    {
        *("officeDocument", "theme", "themeOverride", "image", "hyperlink", "font", "package", "oleObject"),
        *("chart", "chartEx", "chartUserShapes", "chartStyle", "chartColorStyle", "vmlDrawing", "drawing"),
        *("diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing", "styles"),
        *("comments", "video", "audio", "media"),
        # Text documents.
        *("stylesWithEffects", "settings", "webSettings", "fontTable", "numbering", "footnotes", "endnotes"),
        *("header", "footer", "commentsExtended", "glossaryDocument"),
        # Spreadsheets. "cellImage" is how WPS Office ties pictures to cells.
        *("worksheet", "chartsheet", "dialogsheet", "sharedStrings", "calcChain", "threadedComment"),
        *("person", "table", "pivotTable", "pivotCacheDefinition", "pivotCacheRecords", "externalLink"),
        *("externalLinkPath", "xlPathMissing", "slicer", "slicerCache", "timeline", "timelineCache"),
        *("sheetMetadata", "ctrlProp", "cellImage"),
        # Presentations.
        *("slide", "slideLayout", "slideMaster", "notesSlide", "notesMaster", "handoutMaster", "presProps"),
        *("viewProps", "tableStyles", "commentAuthors", "authors"),
    }
)
"""Parts that are known to show something. One of another kind is left out, or the file is not cleaned."""

DROPPED_ELEMENTS = frozenset(
    {
        *("rsids", "docVars", "mailMerge", "attachedTemplate", "docId", "saveThroughXslt"),  # word
        *("dataBinding", "fldData", "activeWritingStyle", "attachedSchema", "schemaLibrary"),
        *("writeProtection", "documentProtection"),
        *(
            "absPath",
            "fileSharing",
            "fileVersion",
            "revisionPtr",
            "customProperties",
            "webPublishing",
        ),  # spreadsheet
        *("customWorkbookViews", "customSheetViews", "securityDescriptor", "sheetDataSet", "alternateUrls"),
        *("modifyVerifier",),  # presentation
    }
)

UNCLEANABLE_ELEMENTS = frozenset({"ddeLink", "oleLink"})
"""They name a program, and a file on somebody's disk, in words of that program."""

DROPPED_ATTRIBUTES = frozenset(
    {
        *("rsidR", "rsidRPr", "rsidRDefault", "rsidP", "rsidTr", "rsidSect", "rsidDel"),
        *("dT", "dt", "refreshedBy", "refreshedDate", "refreshedDateIso", "userName", "ed"),
        *("dateUtc", "securityDescriptor"),
    }
)
"""Left out wherever they stand: marks of one sitting at the desk, dates, names."""

PREFIXED_DATE = "date"
"""`w:date` is the time of a comment or a change; without a prefix it may be somebody's data."""

SET_ATTRIBUTES = {
    "author": "Author",
    "initials": "A",
    "created": "2000-01-01T00:00:00.000",
    "userId": "Author",
}
"""What must stand there says nothing. "Author" is what Word itself writes when it removes names."""

PERSON_ELEMENTS = frozenset({"person", "cmAuthor", "author", "presenceInfo"})
PERSON_ATTRIBUTES = {"displayName": "Author", "name": "Author", "userId": "Author", "providerId": "None"}

PICTURE_ELEMENTS = frozenset({"cNvPr", "docPr", "imagedata"})
"""They keep the name of the file that a picture came from."""

PICTURE_ATTRIBUTES = frozenset({"name", "descr", "title", "href"})

NUMBERED_ATTRIBUTES = frozenset({"paraId", "paraIdParent", "textId"})
"""Random marks of paragraphs that tie an answer to its comment: numbered anew."""

IDENTIFIED_ELEMENTS = frozenset({"person", "author"})
IDENTIFYING_ATTRIBUTES = frozenset({"personId", "authorId"})
"""A person's mark, where it is a random number in braces: numbered anew too."""

REVISION_IDS = "uid"
"""`xr:uid`: a random mark of a sheet or table."""

TEXT_ELEMENTS = frozenset({"author"})
"""Spreadsheet comments name their authors in elements."""

LINKED_AUTHOR = "tc={"
"""No name: it ties a comment to its thread."""

CODE_ATTRIBUTES = frozenset({"formatCode", "instr"})
"""A backslash means something else there."""

CUSTOM_VIEW_NAME = "Z_"
"""So starts the defined name of a custom view: a random mark follows, and `.wvu.`."""

FORMULAS = frozenset({"f", "x:f", "c:f", "xm:f", "definedName", "x:definedName"})
"""By their whole names, since a fraction in a text document is an `m:f`."""
