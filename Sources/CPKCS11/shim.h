// The declarations of PKCS #11, as p11-kit ships them. Nothing is linked: the token's own module is loaded at run time.
#pragma once
#define CRYPTOKI_GNU
#include <p11-kit-1/p11-kit/pkcs11.h>
