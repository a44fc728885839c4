/* SPDX-License-Identifier: EUPL-1.2 */
/* Goes from tag to tag. */
#include "workers/documents/odt_xml.h"

struct reading {
    struct str xml;
    size_t at;
    bool hyperlink; /* the element is one */
};

/* What XML may not have, as a table: elements, by their names without a prefix. */
static const char *fault_of_element(struct str name)
{
    static const struct {
        struct str name;
        const char *fault;
    } words[] = {{S("script"), "macros"},        {S("event-listener"), "macros"},
                 {S("execute-macro"), "macros"}, {S("object"), "objects"},
                 {S("object-ole"), "objects"},   {S("plugin"), "objects"},
                 {S("applet"), "objects"},       {S("floating-frame"), "objects"},
                 {S("form"), "objects"},         {S("model"), "objects"},
                 {S("binary-data"), "objects"},  {S("dde-source"), "links"},
                 {S("section-source"), "links"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(name, words[i].name))
            return words[i].fault;
    bool outside =
        str_has_prefix(name, S("dde-connection")) || str_has_prefix(name, S("database-"));
    return outside ? "links" : NULL;
}

static const char *fault_of_attribute(const struct reading *reading, struct str name,
                                      struct str value)
{
    bool page = str_has_prefix(value, S("https://")) || str_has_prefix(value, S("mailto:"));
    if (str_equal(name, S("dde-source")) || str_equal(name, S("src")) || str_equal(name, S("base")))
        return "links";
    if (!str_equal(name, S("href")) || value.len == 0 || value.at[0] == '#'
        || odt_xml_is_picture(value) || (reading->hyperlink && page))
        return NULL;
    return "links";
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c && strchr("_-.", c));
}

static bool is_picture_text(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_word(name.at[i]))
            return false;
    return name.len > 0;
}

bool odt_xml_is_picture(struct str name)
{
    static const struct str folder = S("Pictures/");
    return str_has_prefix(name, folder) && name.len < 100
           && is_picture_text(str_from(name, folder.len));
}

static char here(const struct reading *reading)
{
    return reading->at < reading->xml.len ? reading->xml.at[reading->at] : '\0';
}

static bool pass(struct reading *reading, char wanted)
{
    bool there = here(reading) == wanted;
    reading->at += there;
    return there;
}

static bool pass_spaces(struct reading *reading)
{
    size_t before = reading->at;
    while (pass(reading, ' ') || pass(reading, '\n') || pass(reading, '\r') || pass(reading, '\t'))
        ;
    return reading->at > before;
}

/* A name, without its prefix; empty when there is none. */
static struct str pass_name(struct reading *reading)
{
    size_t begin = reading->at;
    for (; is_word(here(reading)) || here(reading) == ':'; reading->at++)
        if (here(reading) == ':')
            begin = reading->at + 1;
    return (struct str){reading->xml.at + begin, reading->at - begin};
}

/* The value in quotes; absent when it is none. */
static struct str pass_value(struct reading *reading)
{
    if (!pass(reading, '"'))
        return (struct str){0};
    struct str rest = str_from(reading->xml, reading->at);
    const char *end = memchr(rest.at, '"', rest.len);
    if (!end || memchr(rest.at, '<', (size_t)(end - rest.at)))
        return (struct str){0};
    reading->at += (size_t)(end - rest.at) + 1;
    return (struct str){rest.at, (size_t)(end - rest.at)};
}

static const char *pass_attributes(struct reading *reading)
{
    while (pass_spaces(reading) && is_word(here(reading))) {
        struct str name = pass_name(reading), value = {0};
        if (name.len && pass(reading, '='))
            value = pass_value(reading);
        const char *fault = value.at ? fault_of_attribute(reading, name, value) : "not_odt";
        if (fault)
            return fault;
    }
    pass(reading, '/');
    return pass(reading, '>') ? NULL : "not_odt";
}

static const char *pass_tag(struct reading *reading)
{
    bool ends = pass(reading, '/');
    struct str name = pass_name(reading);
    if (name.len == 0)
        return "not_odt";
    reading->hyperlink = str_equal(name, S("a"));
    const char *fault = fault_of_element(name);
    if (fault || !ends)
        return fault ? fault : pass_attributes(reading);
    pass_spaces(reading);
    return pass(reading, '>') ? NULL : "not_odt";
}

/* What it says of itself: nothing, or that it is UTF-8. */
static bool pass_declaration(struct reading *reading)
{
    static const struct str begin = S("<?xml "), encoding = S("encoding=");
    if (!str_has_prefix(reading->xml, begin))
        return here(reading) == '<';
    const char *end = memmem(reading->xml.at, reading->xml.len, "?>", 2);
    if (!end)
        return false;
    size_t length = (size_t)(end - reading->xml.at);
    const char *said = memmem(reading->xml.at, length, "encoding", 8);
    struct str value =
        said ? str_from(reading->xml, (size_t)(said - reading->xml.at)) : (struct str){0};
    reading->at = length + 2;
    return !said
           || (str_has_prefix(value, encoding)
               && (str_has_prefix(str_from(value, encoding.len), S("\"UTF-8\""))
                   || str_has_prefix(str_from(value, encoding.len), S("\"utf-8\""))));
}

const char *odt_xml_fault(struct str xml)
{
    struct reading reading = {.xml = xml};
    const char *fault =
        memchr(xml.at, '\0', xml.len) || !pass_declaration(&reading) ? "not_odt" : NULL;
    while (!fault) {
        struct str rest = str_from(xml, reading.at);
        const char *tag = memchr(rest.at, '<', rest.len);
        if (!tag)
            break;
        reading.at = (size_t)(tag - xml.at) + 1;
        fault = pass_tag(&reading);
    }
    return fault;
}
