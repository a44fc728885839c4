/* SPDX-License-Identifier: EUPL-1.2 */
/* The XML of a template, as a word processor writes it. Everything that a reader could take for something else (another
 * character set, a document type, a comment, spaces around "=") is refused, so that what is looked for is found.
 * Names are looked at without their prefix: which prefix stands for which namespace says the file. */
#ifndef MAATWERK_DOCUMENTS_ODT_XML_H
#define MAATWERK_DOCUMENTS_ODT_XML_H

#include "lib/base/str.h"

/* Returns NULL, or the code of what is wrong: "not_odt", "macros", "objects" or "links". Whatever it names lies in the
 * file (odt_xml_is_picture), is a place in the text, or is a hyperlink, which nobody follows before a reader does. */
const char *odt_xml_fault(struct str xml);

/* Whether an entry of the file is a picture: by its name. */
bool odt_xml_is_picture(struct str name);

#endif
