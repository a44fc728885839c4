/* SPDX-License-Identifier: EUPL-1.2 */
/* Zip (APPNOTE 6.3.3) as far as OpenDocument uses it: stored and deflated entries, found by the central directory. */
#include "workers/documents/odt.h"

#include <zlib.h>

#include "workers/documents/odt_xml.h"

enum {
    END_LEN = 22,
    ENTRY_LEN = 46,
    LOCAL_LEN = 30,
    ENTRIES_MOST = 200,
    UNPACKED_MOST = 512 << 10, /* of 4 MB one paragraph keeps LibreOffice busy for minutes */
};

struct entry {
    struct str name;
    unsigned method;
    size_t packed, size, at;
};

static unsigned number(struct str file, size_t at, int bytes)
{
    unsigned value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | (unsigned char)file.at[at + (size_t)i];
    return value;
}

static bool has(struct str text, struct str wanted)
{
    return text.len && memmem(text.at, text.len, wanted.at, wanted.len);
}

/* Where the central directory is; file.len when there is none. A comment at the end is not expected. */
static size_t directory_of(struct str file, unsigned *ret_count)
{
    if (file.len < END_LEN || number(file, file.len - END_LEN, 4) != 0x06054b50)
        return file.len;
    *ret_count = number(file, file.len - END_LEN + 10, 2);
    return number(file, file.len - END_LEN + 16, 4);
}

/* Reads the entry of the directory at *at, and goes to the next one. */
static bool next_entry(struct str file, size_t *at, struct entry *ret)
{
    if (*at + ENTRY_LEN > file.len || number(file, *at, 4) != 0x02014b50)
        return false;
    size_t name = number(file, *at + 28, 2), local = number(file, *at + 42, 4);
    *ret = (struct entry){.name = {file.at + *at + ENTRY_LEN, name},
                          .method = number(file, *at + 10, 2),
                          .packed = number(file, *at + 20, 4),
                          .size = number(file, *at + 24, 4)};
    if (*at + ENTRY_LEN + name > file.len || local + LOCAL_LEN > file.len
        || number(file, local, 4) != 0x04034b50)
        return false;
    ret->at = local + LOCAL_LEN + number(file, local + 26, 2) + number(file, local + 28, 2);
    *at += ENTRY_LEN + name + number(file, *at + 30, 2) + number(file, *at + 32, 2);
    return ret->at <= file.len && ret->packed <= file.len - ret->at;
}

/* What is in an entry; absent when it cannot be unpacked to exactly what it says. */
static struct str unpack(struct arena *arena, struct str file, const struct entry *entry)
{
    struct str packed = {file.at + entry->at, entry->packed};
    if (entry->method == 0)
        return entry->packed == entry->size ? packed : (struct str){0};
    char *bytes = arena_alloc(arena, entry->size + 1);
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)packed.at,
                       .avail_in = (unsigned)packed.len,
                       .next_out = (unsigned char *)bytes,
                       .avail_out = (unsigned)entry->size};
    if (entry->method != 8 || inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return (struct str){0};
    int end = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    bytes[entry->size] = '\0';
    return end == Z_STREAM_END && stream.total_out == entry->size ? (struct str){bytes, entry->size}
                                                                  : (struct str){0};
}

/* Pictures of dots only: what is drawn (SVG, EMF) can name files of the machine that draws it. */
static bool is_dots(struct str picture)
{
    return str_has_prefix(picture, S("\x89PNG\r\n\x1a\n"))
           || str_has_prefix(picture, S("\xff\xd8\xff"));
}

static const char *take(struct arena *arena, struct str file, const struct entry *entry,
                        struct odt *odt)
{
    bool content = str_equal(entry->name, S("content.xml")),
         styles = str_equal(entry->name, S("styles.xml")),
         picture = odt_xml_is_picture(entry->name);
    if (str_has_prefix(entry->name, S("Basic/")) || str_has_prefix(entry->name, S("Scripts/")))
        return "macros";
    if (str_has_prefix(entry->name, S("Object ")))
        return "objects";
    if (!content && !styles && !picture)
        return NULL;
    struct str unpacked = unpack(arena, file, entry);
    if (!unpacked.at || (picture && odt->count == ODT_PICTURES))
        return "not_odt";
    if (picture && !is_dots(unpacked))
        return "objects";
    if (picture) {
        odt->names[odt->count] = entry->name;
        odt->pictures[odt->count++] = unpacked;
        return NULL;
    }
    *(content ? &odt->content : &odt->styles) = unpacked;
    return odt_xml_fault(unpacked);
}

const char *odt_read(struct arena *arena, struct str file, struct odt *ret)
{
    unsigned count = 0;
    size_t at = directory_of(file, &count), unpacked = 0;
    const char *fault = NULL;
    *ret = (struct odt){.count = 0};
    if (at >= file.len || count > ENTRIES_MOST)
        return "not_odt";
    for (unsigned i = 0; i < count && !fault; i++) {
        struct entry entry;
        if (!next_entry(file, &at, &entry))
            return "not_odt";
        if (entry.size > UNPACKED_MOST || (unpacked += entry.size) > UNPACKED_MOST)
            return "too_large";
        fault = take(arena, file, &entry, ret);
    }
    if (!fault && (!has(ret->content, S("<office:text")) || !has(ret->styles, S("<office:styles"))))
        return "not_odt";
    return fault;
}

struct writing {
    struct buf file, directory, manifest;
    unsigned count;
};

static void add_number(struct buf *out, size_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_add_char(out, (char)(value >> (8 * i) & 0xff));
}

/* What the local header and the directory both say of an entry. */
static void add_facts(struct buf *out, struct str name, struct str text)
{
    add_number(out, 20, 2);
    add_number(out, 0, 4);
    add_number(out, 0, 4);
    add_number(out, crc32(0, (const unsigned char *)text.at, (unsigned)text.len), 4);
    add_number(out, text.len, 4);
    add_number(out, text.len, 4);
    add_number(out, name.len, 2);
    add_number(out, 0, 2);
}

static void put(struct writing *writing, struct str name, struct str type, struct str text)
{
    size_t at = writing->file.len;
    add_number(&writing->file, 0x04034b50, 4);
    add_facts(&writing->file, name, text);
    buf_add(&writing->file, name);
    buf_add(&writing->file, text);
    add_number(&writing->directory, 0x02014b50, 4);
    add_number(&writing->directory, 20, 2);
    add_facts(&writing->directory, name, text);
    add_number(&writing->directory, 0, 6);
    add_number(&writing->directory, 0, 4);
    add_number(&writing->directory, at, 4);
    buf_add(&writing->directory, name);
    writing->count++;
    if (type.at)
        buf_print(&writing->manifest,
                  "<manifest:file-entry manifest:full-path=\"%.*s\" manifest:media-type=\"%.*s\"/>",
                  STR_ARG(name), STR_ARG(type));
}

#define MIMETYPE "application/vnd.oasis.opendocument.text"
#define OASIS    "urn:oasis:names:tc:opendocument:xmlns:"

static struct str meta_of(struct arena *arena, struct str title)
{
    return arena_print(arena,
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-meta "
                       "xmlns:office=\"" OASIS
                       "office:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                       "office:version=\"1.3\"><office:meta><dc:title>%.*s</dc:title>"
                       "<dc:language>nl-NL</dc:language></office:meta></office:document-meta>",
                       STR_ARG(title));
}

struct str odt_write(struct arena *arena, const struct odt *odt, struct str content,
                     struct str styles, struct str title)
{
    struct writing writing = {buf_in(arena), buf_in(arena), buf_in(arena), 0};
    buf_add(&writing.manifest,
            S("<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest xmlns:manifest=\"" OASIS
              "manifest:1.0\" manifest:version=\"1.3\"><manifest:file-entry "
              "manifest:full-path=\"/\" manifest:media-type=\"" MIMETYPE "\"/>"));
    put(&writing, S("mimetype"), (struct str){0}, S(MIMETYPE));
    put(&writing, S("content.xml"), S("text/xml"), content);
    put(&writing, S("styles.xml"), S("text/xml"), styles);
    put(&writing, S("meta.xml"), S("text/xml"), meta_of(arena, title));
    for (size_t i = 0; i < odt->count; i++)
        put(&writing, odt->names[i], S(""), odt->pictures[i]);
    buf_add(&writing.manifest, S("</manifest:manifest>"));
    put(&writing, S("META-INF/manifest.xml"), (struct str){0}, buf_str(&writing.manifest));
    size_t at = writing.file.len;
    struct str directory = buf_str(&writing.directory);
    buf_add(&writing.file, directory);
    add_number(&writing.file, 0x06054b50, 4);
    add_number(&writing.file, 0, 4);
    add_number(&writing.file, writing.count, 2);
    add_number(&writing.file, writing.count, 2);
    add_number(&writing.file, directory.len, 4);
    add_number(&writing.file, at, 4);
    add_number(&writing.file, 0, 2);
    return buf_str(&writing.file);
}
