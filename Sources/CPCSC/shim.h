#ifndef CPCSC_SHIM_H
#define CPCSC_SHIM_H

// libpcsclite installs its headers in a folder of their own; pkg-config names that folder.
#include <winscard.h>

#endif
