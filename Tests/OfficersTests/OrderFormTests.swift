import Cryptography
import Groundwork
import Officers
import Testing

/// One table says for each act what its request binds.
@Suite struct OrderFormTests {
    /// Acts that need no more than their subject.
    static let bare: Set<OfficerAct> = [.exportAudit, .holdCeremony, .logIn]

    @Test(arguments: OfficerAct.allCases)
    func everyActHasARowWithLabels(act: OfficerAct) {
        let form = act.form
        #expect(!form.variants.isEmpty)
        #expect(!form.subject.zh.isEmpty && !form.subject.en.isEmpty)
        for variant in form.variants {
            #expect(Set(variant.map(\.name)).count == variant.count)
            for parameter in variant {
                #expect(parameter.label.zh.contains(/[\u{4E00}-\u{9FFF}]/) && !parameter.label.en.isEmpty)
            }
            let bindsNothing = variant.isEmpty
            #expect(!bindsNothing || Self.bare.contains(act), "\(act) binds nothing")
        }
    }

    @Test(arguments: OfficerAct.allCases)
    func aRequestIsInOneOfItsFormsOrNoOrder(act: OfficerAct) throws {
        let form = act.form
        func check(_ parameters: [String: CanonicalJSON]) throws {
            try CanonicalRequest(act, subject: "s", parameters: parameters, reason: "r", in: .real).checkForm()
        }
        for variant in form.variants {
            let sample = form.sample(of: variant)
            try check(sample)
            #expect(throws: Refusal(OfficersRefusal.malformedRequest)) {
                try check(sample.merging(["surprise": "x"]) { $1 })
            }
            for parameter in variant where !parameter.isOptional {
                var missing = sample
                missing[parameter.name] = nil
                // Without it the request may be in another of the act's forms.
                if form.variant(of: missing) == nil {
                    #expect(throws: Refusal(OfficersRefusal.malformedRequest)) { try check(missing) }
                }
                var other = sample
                other[parameter.name] = .array([1])
                #expect(throws: Refusal(OfficersRefusal.malformedRequest)) { try check(other) }
            }
        }
    }

    /// A key signs nothing that does not say what is to be done, and nothing such is authorised.
    @Test func whatBindsTooLittleIsNeitherSignedNorAuthorised() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let bare = authority.request(.revokeCertificate, parameters: [:])
        await #expect(throws: Refusal(OfficersRefusal.malformedRequest)) {
            try await OfficerSignature.make(under: bare, with: pair.requester)
        }
        var signatures: [OfficerSignature] = []
        for signer in [pair.requester, pair.approver] {
            let signed = OfficerSignature.signedBytes(
                request: bare.bytes, certificate: signer.certificate.der, family: .p256)
            signatures.append(
                OfficerSignature(certificate: signer.certificate.der, signature: try await signer.sign(signed)))
        }
        let made = signatures
        await #expect(throws: Refusal(OfficersRefusal.malformedRequest)) {
            try await authority.register.authorise(bare.bytes, signatures: made)
        }
    }

    @Test(arguments: OfficerAct.allCases)
    func everyBoundParameterIsReadBeforeThePIN(act: OfficerAct) throws {
        for variant in act.form.variants {
            let request = CanonicalRequest(
                act, subject: "SUBJECT", parameters: act.form.sample(of: variant), reason: "REASON", in: .real)
            for (text, label) in [(request.summary.zh, act.label.zh), (request.summary.en, act.label.en)] {
                #expect(text.contains(label) && text.contains("SUBJECT") && text.contains("REASON"))
            }
            for parameter in variant {
                #expect(request.summary.zh.contains(parameter.label.zh), "\(act) \(parameter.name)")
                #expect(request.summary.en.contains(parameter.label.en), "\(act) \(parameter.name)")
            }
        }
    }

    @Test func theSummaryShowsValuesAndNothingThatBendsATerminal() {
        let request = CanonicalRequest(
            .revokeCertificate, subject: "0a\u{1B}[2J0b",
            parameters: [
                "reason": 1, "invalidSince": 1_790_000_000_000, "name": "甲\u{202E}乙", "entity": "91310000631291289X",
                "profile": "entity-signature",
            ], reason: "遗失\n伪造的一行", in: .real)
        #expect(request.summary.zh.hasPrefix("授权：证书吊销\n证书序列号：0aU+1B[2J0b\n"))
        #expect(request.summary.zh.contains("吊销原因：1 keyCompromise\n自何时起可疑：2026-09-21 22:13:20\n"))
        #expect(request.summary.zh.contains("证书主体：甲U+202E乙\n统一社会信用代码：91310000631291289X\n"))
        #expect(request.summary.zh.hasSuffix("理由：遗失U+A伪造的一行"))
        #expect(request.summary.en.contains("reason for revocation: 1 keyCompromise\n"))
    }

    @Test func aSmallWindowSaysThatThereIsMore() {
        let request = CanonicalRequest(
            .importRegistry, subject: "registry",
            parameters: ["feed": .string(String(repeating: "长", count: 400)), "digest": "00"], reason: "r", in: .real)
        let (text, isWhole) = request.summary(bytes: 600)
        #expect(!isWhole && text.zh.utf8.count + text.en.utf8.count <= 600)
        #expect(text.zh.hasSuffix("（全文见终端）") && text.en.contains("import the registry"))
        #expect(request.summary(bytes: 9000).isWhole)
        #expect(request.summary(bytes: 9000).text == request.summary)
    }
}

/// What is stored and signed is spelled for ever: whoever renames a case sees it here.
@Suite struct StoredSpellingTests {
    @Test func acts() {
        let spelled = """
            importRegistry overrideUSCC changeEntity stockInKey enrolKey renewKey changeKey reissueKey unlockKey \
            recoverKey reportLostKey reportFoundKey retireKey abandonPlan suspendCertificate resumeCertificate revokeCertificate \
            revokeCertificates reviseRevocation makeSeal suspendSeal resumeSeal revokeSeal registerApplication \
            activateApplication issueServiceCertificate listWeakKeys issueOfficerCertificate enrolOfficer changeOfficer \
            suspendOfficer resumeOfficer retireOfficer applyPolicy holdCeremony rewrapEscrow countersignCheckpoint \
            exportAudit trustClock importArchive pruneRecords restoreStore forgetPersonalData openPersonalData logIn
            """
        #expect(OfficerAct.allCases.map(\.rawValue) == spelled.split(separator: " ").map(String.init))
    }

    @Test func rolesAndStatuses() {
        #expect(
            OfficerRole.allCases.map(\.rawValue) == [
                "superAdministrator", "auditAdministrator", "businessAdministrator", "operator", "reviewer", "auditor",
            ])
        #expect(OfficerStatus.allCases.map(\.rawValue) == ["active", "suspended", "retired"])
    }
}
