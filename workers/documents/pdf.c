/* SPDX-License-Identifier: EUPL-1.2 */
/* The metadata (XMP) stand in a PDF as they are, and so does the tree of pages. */
#include "workers/documents/pdf.h"

#include <string.h>

#define PDFA "http://www.aiim.org/pdfa/ns/"

static const struct str metadata_end = S(" </rdf:RDF>\n</x:xmpmeta>\n"),
                        packet_end = S("<?xpacket end=");
static const struct str declaration = S(
    "  <rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"" PDFA
    "extension/\" xmlns:pdfaSchema=\"" PDFA "schema#\" xmlns:pdfaProperty=\"" PDFA "property#\">\n"
    "   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\n"
    "    <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\n"
    "    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\n"
    "    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\n"
    "    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\">\n"
    "     <pdfaProperty:name>part</pdfaProperty:name>\n"
    "     <pdfaProperty:valueType>Integer</pdfaProperty:valueType>\n"
    "     <pdfaProperty:category>internal</pdfaProperty:category>\n"
    "     <pdfaProperty:description>Part of ISO 14289 that it keeps to</pdfaProperty:description>\n"
    "    </rdf:li></rdf:Seq></pdfaSchema:property>\n"
    "   </rdf:li></rdf:Bag></pdfaExtension:schemas>\n"
    "  </rdf:Description>\n");

static size_t find(struct str text, struct str wanted, size_t from)
{
    const char *at =
        from < text.len ? memmem(text.at + from, text.len - from, wanted.at, wanted.len) : NULL;
    return at ? (size_t)(at - text.at) : text.len;
}

struct str pdf_mend(struct arena *arena, struct str pdf)
{
    size_t at = find(pdf, metadata_end, 0), spaces = at + metadata_end.len,
           after = find(pdf, packet_end, at);
    if (after == pdf.len || after - spaces < declaration.len)
        return (struct str){0};
    for (size_t i = spaces; i < after; i++)
        if (pdf.at[i] != ' ' && pdf.at[i] != '\n')
            return (struct str){0};
    char *mended = arena_alloc(arena, pdf.len);
    memcpy(mended, pdf.at, pdf.len);
    memcpy(mended + at, declaration.at, declaration.len);
    memcpy(mended + at + declaration.len, metadata_end.at, metadata_end.len);
    return (struct str){mended, pdf.len};
}

int pdf_pages(struct str pdf)
{
    size_t tree = find(pdf, S("/Type/Pages"), 0), count = find(pdf, S("/Count "), tree);
    int pages = 0;
    for (size_t i = count + 7; i < pdf.len && pdf.at[i] >= '0' && pdf.at[i] <= '9' && pages < 10000;
         i++)
        pages = pages * 10 + pdf.at[i] - '0';
    return pages;
}
