;; Without its start screen, and without files about sessions in a home that several containers share.
(setq inhibit-startup-screen t
      auto-save-list-file-prefix nil)
