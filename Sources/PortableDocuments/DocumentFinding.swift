package import Groundwork

/// What the scan looks for before a document is sealed: everything by which it could later show or do something else
/// than what its signer saw, and everything that a person who looks into a dispute will want to know.
package enum DocumentTrap: String, CaseIterable, Sendable, Codable {
    case existingSignature = "existing-signature"
    case script
    case automaticAction = "automatic-action"
    case launchAction = "launch-action"
    case externalContent = "external-content"
    case multimedia
    case optionalContent = "optional-content"
    case xfaForm = "xfa-form"
    case needAppearances = "need-appearances"
    case valueWithoutAppearance = "value-without-appearance"
    case hiddenPages = "hidden-pages"
    case unreferencedObjects = "unreferenced-objects"
    case embeddedFiles = "embedded-files"
    case formFields = "form-fields"
    case emptySignatureField = "empty-signature-field"
    case annotations
    case alternateImages = "alternate-images"
    case links
    case earlierRevisions = "earlier-revisions"

    /// Why a document with it is refused; `nil` if it is only reported.
    package var refusal: PortableDocumentsRefusal? {
        switch self {
        case .existingSignature: .alreadySigned
        case .script, .automaticAction, .launchAction: .activeContent
        case .externalContent, .alternateImages: .externalContent
        case .multimedia: .multimedia
        case .optionalContent: .optionalContent
        case .xfaForm, .needAppearances, .valueWithoutAppearance: .unsettledForm
        case .hiddenPages: .hiddenPages
        case .unreferencedObjects, .embeddedFiles, .formFields, .emptySignatureField, .annotations, .links,
            .earlierRevisions:
            nil
        }
    }

    package var label: LocalisedText {
        switch self {
        case .existingSignature: LocalisedText(zh: "已有签名", en: "existing signature")
        case .script: LocalisedText(zh: "脚本", en: "script")
        case .automaticAction: LocalisedText(zh: "自动动作", en: "automatic action")
        case .launchAction: LocalisedText(zh: "启动程序或提交数据的动作", en: "action that launches or submits")
        case .externalContent: LocalisedText(zh: "外部内容", en: "external content")
        case .multimedia: LocalisedText(zh: "多媒体", en: "multimedia")
        case .optionalContent: LocalisedText(zh: "可隐藏的图层", en: "optional content")
        case .xfaForm: LocalisedText(zh: "XFA表单", en: "XFA form")
        case .needAppearances: LocalisedText(zh: "由阅读器生成的表单外观", en: "form appearances left to the viewer")
        case .valueWithoutAppearance: LocalisedText(zh: "有值而无外观的表单域", en: "form value without an appearance")
        case .hiddenPages: LocalisedText(zh: "未显示的页面或目录", en: "hidden pages or catalog")
        case .unreferencedObjects: LocalisedText(zh: "未被引用的对象", en: "unreferenced objects")
        case .embeddedFiles: LocalisedText(zh: "附件", en: "embedded files")
        case .formFields: LocalisedText(zh: "表单域", en: "form fields")
        case .emptySignatureField: LocalisedText(zh: "未签署的签名域", en: "empty signature field")
        case .annotations: LocalisedText(zh: "批注", en: "annotations")
        case .alternateImages: LocalisedText(zh: "替代图像", en: "alternate images")
        case .links: LocalisedText(zh: "链接", en: "links")
        case .earlierRevisions: LocalisedText(zh: "更早的版本", en: "earlier revisions")
        }
    }
}

/// One kind of trap in one document: how often, and where first.
package struct DocumentFinding: Hashable, Sendable {
    package let trap: DocumentTrap
    package let count: Int
    /// For an operator: the first object, and what it has.
    package let detail: String

    package var refusal: Refusal? {
        trap.refusal.map { Refusal($0, detail: detail, facts: ["what": trap.rawValue]) }
    }
}
