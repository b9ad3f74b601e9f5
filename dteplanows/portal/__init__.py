"""The portal: pages for the accountant and for whoever keeps the ERP."""
