// Everything that CertificateProfiles needs of libidn2: the check of a registered label.
#pragma once
#include <idn2.h>
