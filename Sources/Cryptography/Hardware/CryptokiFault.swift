internal import CPKCS11

/// A call of PKCS #11 that did not return CKR_OK. Inside the room; a `Refusal` at its border.
package struct CryptokiFault: Error, Hashable, Sendable {
    package let call: String
    package let code: UInt

    package init(_ call: String, _ code: UInt) {
        self.call = call
        self.code = code
    }

    /// What follows from it.
    package enum Kind: Sendable {
        /// The session is over or does not know its objects any more: a new one may do.
        case session
        /// The token, its slot or its module does not work now.
        case token
        /// The PIN was not accepted. Never tried again by itself: a token locks after a few.
        case pin
        /// The token cannot do this, now or later.
        case unsupported
    }

    package var kind: Kind {
        switch code {
        case CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_USER_NOT_LOGGED_IN, CKR_OBJECT_HANDLE_INVALID,
            CKR_KEY_HANDLE_INVALID, CKR_OPERATION_NOT_INITIALIZED, CKR_OPERATION_ACTIVE, CKR_KEY_CHANGED:
            .session
        case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_EXPIRED, CKR_PIN_LOCKED,
            CKR_USER_PIN_NOT_INITIALIZED:
            .pin
        case CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_CURVE_NOT_SUPPORTED, CKR_DOMAIN_PARAMS_INVALID,
            CKR_KEY_SIZE_RANGE, CKR_FUNCTION_NOT_SUPPORTED, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID,
            CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT, CKR_KEY_TYPE_INCONSISTENT,
            CKR_KEY_FUNCTION_NOT_PERMITTED:
            .unsupported
        default: .token
        }
    }
}

extension CryptokiFault: CustomStringConvertible {
    /// For the operator: the call and the code, by its name in the standard where it is one of the common ones.
    package var description: String {
        "\(call): \(name)"
    }

    var name: String {
        let number = "0x" + String(code, radix: 16)
        return CryptokiFault.names[code].map { "\($0) (\(number))" } ?? number
    }

    private static let names: [UInt: String] = [
        CKR_HOST_MEMORY: "CKR_HOST_MEMORY", CKR_SLOT_ID_INVALID: "CKR_SLOT_ID_INVALID",
        CKR_GENERAL_ERROR: "CKR_GENERAL_ERROR", CKR_FUNCTION_FAILED: "CKR_FUNCTION_FAILED",
        CKR_ATTRIBUTE_SENSITIVE: "CKR_ATTRIBUTE_SENSITIVE",
        CKR_ATTRIBUTE_TYPE_INVALID: "CKR_ATTRIBUTE_TYPE_INVALID",
        CKR_ATTRIBUTE_VALUE_INVALID: "CKR_ATTRIBUTE_VALUE_INVALID", CKR_DEVICE_ERROR: "CKR_DEVICE_ERROR",
        CKR_DEVICE_MEMORY: "CKR_DEVICE_MEMORY", CKR_DEVICE_REMOVED: "CKR_DEVICE_REMOVED",
        CKR_FUNCTION_NOT_SUPPORTED: "CKR_FUNCTION_NOT_SUPPORTED", CKR_KEY_HANDLE_INVALID: "CKR_KEY_HANDLE_INVALID",
        CKR_KEY_SIZE_RANGE: "CKR_KEY_SIZE_RANGE", CKR_MECHANISM_INVALID: "CKR_MECHANISM_INVALID",
        CKR_OBJECT_HANDLE_INVALID: "CKR_OBJECT_HANDLE_INVALID", CKR_PIN_INCORRECT: "CKR_PIN_INCORRECT",
        CKR_PIN_EXPIRED: "CKR_PIN_EXPIRED", CKR_PIN_LOCKED: "CKR_PIN_LOCKED", CKR_PIN_LEN_RANGE: "CKR_PIN_LEN_RANGE",
        CKR_SESSION_CLOSED: "CKR_SESSION_CLOSED", CKR_SESSION_COUNT: "CKR_SESSION_COUNT",
        CKR_SESSION_HANDLE_INVALID: "CKR_SESSION_HANDLE_INVALID", CKR_TOKEN_NOT_PRESENT: "CKR_TOKEN_NOT_PRESENT",
        CKR_TOKEN_NOT_RECOGNIZED: "CKR_TOKEN_NOT_RECOGNIZED",
        CKR_TOKEN_WRITE_PROTECTED: "CKR_TOKEN_WRITE_PROTECTED", CKR_USER_NOT_LOGGED_IN: "CKR_USER_NOT_LOGGED_IN",
        CKR_USER_PIN_NOT_INITIALIZED: "CKR_USER_PIN_NOT_INITIALIZED",
        CKR_CURVE_NOT_SUPPORTED: "CKR_CURVE_NOT_SUPPORTED",
        CKR_DOMAIN_PARAMS_INVALID: "CKR_DOMAIN_PARAMS_INVALID",
        CKR_CRYPTOKI_NOT_INITIALIZED: "CKR_CRYPTOKI_NOT_INITIALIZED",
    ]
}

extension CryptokiFault {
    /// The key that was there is not found any more.
    static let keyGone = CryptokiFault("C_FindObjects", CKR_KEY_HANDLE_INVALID)
    /// No call has been made yet.
    static let notStarted = CryptokiFault("C_Initialize", CKR_CRYPTOKI_NOT_INITIALIZED)
    /// The token would take one PIN more, or none.
    static let lastTry = CryptokiFault("C_GetTokenInfo (one try is left, or none)", CKR_PIN_LOCKED)
    /// Calls do not come back.
    static let hung = CryptokiFault("no answer", CKR_DEVICE_ERROR)
    static func tokenGone(_ call: String) -> CryptokiFault { CryptokiFault(call, CKR_TOKEN_NOT_PRESENT) }
}
