internal import CPKCS11
package import Groundwork

extension CryptokiModule: Cryptoki {
    package func slot(ofToken label: String) throws(CryptokiFault) -> UInt {
        var slots = [UInt](repeating: 0, count: 256)
        var count = UInt(slots.count)
        try call("C_GetSlotList", of: nil) { $0.pointee.C_GetSlotList?(1, &slots, &count) }
        // Padded with spaces to 32 bytes (PKCS #11, 3.2).
        let wanted = Array(label.utf8) + [UInt8](repeating: 0x20, count: max(0, 32 - label.utf8.count))
        var found: [UInt] = []
        var pinIsEndangered = false
        for slot in slots.prefix(Int(clamping: count)) {
            var information = ck_token_info()
            // A slot whose token does not answer is not the one.
            guard (try? call("C_GetTokenInfo", of: nil) { $0.pointee.C_GetTokenInfo?(slot, &information) }) != nil
            else { continue }
            guard withUnsafeBytes(of: information.label, { Array($0) }) == wanted else { continue }
            found.append(slot)
            pinIsEndangered = information.flags & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED) != 0
        }
        // Of two tokens with one label nobody can say which is meant.
        guard found.count == 1, let slot = found.first else { throw .tokenGone("C_GetSlotList") }
        // The last try is a person's: a service that is started again and again must not lock the token.
        guard !pinIsEndangered else { throw .lastTry }
        return slot
    }

    package func mechanisms(in slot: UInt) throws(CryptokiFault) -> Set<UInt> {
        var list = [UInt](repeating: 0, count: 2048)
        var count = UInt(list.count)
        try call("C_GetMechanismList", of: nil) { $0.pointee.C_GetMechanismList?(slot, &list, &count) }
        return Set(list.prefix(Int(clamping: count)))
    }

    package func openSession(in slot: UInt, writing: Bool) throws(CryptokiFault) -> CryptokiSession {
        let start = currentStart
        var handle: UInt = 0
        let flags = CKF_SERIAL_SESSION | (writing ? CKF_RW_SESSION : 0)
        try call("C_OpenSession", of: start) { $0.pointee.C_OpenSession?(slot, flags, nil, nil, &handle) }
        return CryptokiSession(handle: handle, start: start)
    }

    package func close(_ session: CryptokiSession) {
        _ = try? call("C_CloseSession", of: session.start) { $0.pointee.C_CloseSession?(session.handle) }
    }

    package func login(_ session: CryptokiSession, pin: borrowing SecretBytes) throws(CryptokiFault) {
        try login(session, as: CKU_USER, pin: pin) { $0 == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : $0 }
    }

    private func login(
        _ session: CryptokiSession, as user: UInt, pin: borrowing SecretBytes, judging: (UInt?) -> UInt? = { $0 }
    ) throws(CryptokiFault) {
        try pin.withBytes { pin throws(CryptokiFault) in
            // The module takes a pointer to change and does not change it.
            let bytes = UnsafeMutablePointer(mutating: pin.baseAddress?.assumingMemoryBound(to: UInt8.self))
            try call("C_Login", of: session.start) { functions in
                judging(functions.pointee.C_Login?(session.handle, user, bytes, UInt(pin.count)))
            }
        }
    }

    package func objects(
        like template: [CryptokiAttribute], in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt] {
        try call("C_FindObjectsInit", of: session.start) { functions in
            CryptokiAttribute.withTemplate(template) {
                functions.pointee.C_FindObjectsInit?(session.handle, $0, $1)
            }
        }
        var objects = [UInt](repeating: 0, count: 16)
        var count: UInt = 0
        let found = Result { () throws(CryptokiFault) in
            try call("C_FindObjects", of: session.start) {
                $0.pointee.C_FindObjects?(session.handle, &objects, UInt(objects.count), &count)
            }
        }
        try call("C_FindObjectsFinal", of: session.start) { $0.pointee.C_FindObjectsFinal?(session.handle) }
        try found.get()
        return Array(objects.prefix(Int(clamping: count)))
    }

    package func attribute(
        _ type: UInt, of object: UInt, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: 4096)
        var length: UInt = 0
        try call("C_GetAttributeValue", of: session.start) { functions in
            value.withUnsafeMutableBytes { bytes in
                var attribute = ck_attribute(type: type, value: bytes.baseAddress, value_len: UInt(bytes.count))
                let code = functions.pointee.C_GetAttributeValue?(session.handle, object, &attribute, 1)
                length = attribute.value_len
                return code
            }
        }
        guard length <= value.count else { throw CryptokiFault("C_GetAttributeValue", CKR_ATTRIBUTE_TYPE_INVALID) }
        return Array(value.prefix(Int(length)))
    }

    package func generateKeyPair(
        _ mechanism: UInt, publicKey: [CryptokiAttribute], privateKey: [CryptokiAttribute],
        in session: CryptokiSession
    ) throws(CryptokiFault) -> CryptokiKeyPair {
        var mechanism = ck_mechanism(mechanism: mechanism, parameter: nil, parameter_len: 0)
        var pair: (UInt, UInt) = (0, 0)
        try call("C_GenerateKeyPair", of: session.start) { functions in
            CryptokiAttribute.withTemplate(publicKey) { publicTemplate, publicCount in
                CryptokiAttribute.withTemplate(privateKey) { privateTemplate, privateCount in
                    functions.pointee.C_GenerateKeyPair?(
                        session.handle, &mechanism, publicTemplate, publicCount, privateTemplate, privateCount,
                        &pair.0, &pair.1)
                }
            }
        }
        return CryptokiKeyPair(publicKey: pair.0, privateKey: pair.1)
    }

    package func generateKey(
        _ mechanism: UInt, key: [CryptokiAttribute], in session: CryptokiSession
    ) throws(CryptokiFault) -> UInt {
        var mechanism = ck_mechanism(mechanism: mechanism, parameter: nil, parameter_len: 0)
        var object: UInt = 0
        try call("C_GenerateKey", of: session.start) { functions in
            CryptokiAttribute.withTemplate(key) { template, count in
                functions.pointee.C_GenerateKey?(session.handle, &mechanism, template, count, &object)
            }
        }
        return object
    }

    package func destroy(_ object: UInt, in session: CryptokiSession) throws(CryptokiFault) {
        try call("C_DestroyObject", of: session.start) { $0.pointee.C_DestroyObject?(session.handle, object) }
    }

    package func sign(
        _ data: [UInt8], mechanism: UInt, key: UInt, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8] {
        try beginSigning(mechanism, key, in: session)
        return try finishSigning(data, in: session)
    }

    package func sign(
        _ data: [UInt8], mechanism: UInt, key: UInt, pin: borrowing SecretBytes, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8] {
        try beginSigning(mechanism, key, in: session)
        try login(session, as: CKU_CONTEXT_SPECIFIC, pin: pin)
        return try finishSigning(data, in: session)
    }

    private func beginSigning(_ mechanism: UInt, _ key: UInt, in session: CryptokiSession) throws(CryptokiFault) {
        var mechanism = ck_mechanism(mechanism: mechanism, parameter: nil, parameter_len: 0)
        try call("C_SignInit", of: session.start) { $0.pointee.C_SignInit?(session.handle, &mechanism, key) }
    }

    private func finishSigning(_ data: [UInt8], in session: CryptokiSession) throws(CryptokiFault) -> [UInt8] {
        var data = data
        var signature = [UInt8](repeating: 0, count: 1024)
        var length = UInt(signature.count)
        try call("C_Sign", of: session.start) {
            $0.pointee.C_Sign?(session.handle, &data, UInt(data.count), &signature, &length)
        }
        // A CMAC is a derived key.
        defer { wipe(&signature) }
        guard length <= signature.count else { throw CryptokiFault("C_Sign", CKR_GENERAL_ERROR) }
        return Array(signature.prefix(Int(length)))
    }
}
