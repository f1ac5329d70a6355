extension ZeroShotTask {
    /// PatchCamelyon: whether tissue holds a tumour.
    ///
    /// B. S. Veeling et al.: *Rotation Equivariant CNNs for Digital Pathology*, <https://arxiv.org/abs/1806.03962>.
    static let patchCamelyon = ZeroShotTask(
        name: "pcam",
        templates: """
            this is a photo of {}
            """,
        classNames: """
            lymph node
            lymph node containing metastatic tumor tissue
            """)
}
