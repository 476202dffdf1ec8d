// libqpdf's C interface, for reading only, and zlib for the streams that PortableDocuments reads and writes itself.
#pragma once
#include <qpdf/qpdf-c.h>
#include <zlib.h>

// inflateInit and deflateInit are macros, which Swift does not see.
static inline int CQPDF_inflate_init(z_stream *stream) { return inflateInit(stream); }
